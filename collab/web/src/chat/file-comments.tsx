export const FileComments = (_props: { readonly path: string }) => null;
