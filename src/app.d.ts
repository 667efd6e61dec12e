/** The commit that the app was built from; put in by the build (vite.config.ts). */
declare const FIELDCAST_VERSION: string;
