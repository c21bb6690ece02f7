const shim = {};
export default shim;
