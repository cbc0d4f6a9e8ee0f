# The image of agents on Kubernetes (docs/clusters.md): docker build -t registry.example/hueristic:0.1 .
FROM node:20-bookworm AS build
WORKDIR /hueristic
COPY . .
# With compilers, for the engine's kernels; then what only development needs goes.
RUN npm ci && npm run prepack && npm prune --omit=dev --ignore-scripts

FROM node:20-bookworm-slim
WORKDIR /hueristic
COPY --from=build /hueristic/package.json ./
COPY --from=build /hueristic/bin bin
COPY --from=build /hueristic/build build
COPY --from=build /hueristic/dist dist
COPY --from=build /hueristic/experiments experiments
COPY --from=build /hueristic/node_modules node_modules
USER node
ENTRYPOINT ["node", "/hueristic/bin/hueristic.js"]
