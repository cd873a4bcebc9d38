import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

// The camera serves the page itself: the build lands inside the Python package.
export default defineConfig({
  plugins: [react()],
  build: { outDir: "../panocam/api/web/static", emptyOutDir: true, chunkSizeWarningLimit: 1200 },
  server: { proxy: { "/api": { target: "http://127.0.0.1:8080", ws: true }, "/axis-cgi": "http://127.0.0.1:8080" } },
});
