// The icon of the pages: grey that becomes color.

export const icon = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><defs><linearGradient id="g"><stop offset="0" stop-color="#8d8d8d"/><stop offset=".3" stop-color="#b5b3ae"/><stop offset=".55" stop-color="#56b4e9"/><stop offset=".75" stop-color="#009e73"/><stop offset="1" stop-color="#e69f00"/></linearGradient></defs><circle cx="16" cy="16" r="15" fill="url(#g)"/></svg>`;
