// One static shell for every address: pages are drawn on the device, from the device's own data.
export const ssr = false;
export const prerender = false;
