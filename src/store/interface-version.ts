// The migration that gives the views, which others' queries rely on, a version of their own: the schema's counts every change
// inside. docs/store.md says what makes a new one.

export const interfaceVersion = `
CREATE VIEW interface_version AS SELECT 1 AS version;
`;
