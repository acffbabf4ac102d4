/** The tests' `node_modules` is a link to outside this folder; an application's own needs no setting. */
export default { turbopack: { root: "/" } };
