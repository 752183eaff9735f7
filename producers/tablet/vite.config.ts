import { createHash } from "node:crypto";
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build, defineConfig, type Plugin } from "vite";

const digest = (algorithm: string, bytes: Buffer | string) => createHash(algorithm).update(bytes);

/** After the app is built: the service worker, which knows every file of it by its digest. */
function serviceWorker(): Plugin {
  let folder = "";
  return {
    name: "service-worker",
    apply: "build",
    configResolved: (config) => void (folder = join(config.root, config.build.outDir)),
    async closeBundle() {
      const names = readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((each) => each.isFile())
        .map((each) => join(each.parentPath, each.name).slice(folder.length))
        .sort();
      const files = names.map((name) => [
        name === "/index.html" ? "/" : name,
        `sha256-${digest("sha256", readFileSync(join(folder, name))).digest("base64")}`,
      ]);
      const version = digest("sha256", JSON.stringify(files)).digest("hex").slice(0, 12);
      const made = await build({
        configFile: false,
        logLevel: "warn",
        define: { SHELL: JSON.stringify({ version, files }) },
        build: { write: false, rollupOptions: { input: "worker/service-worker.ts", output: { format: "iife" } } },
      });
      const [output] = Array.isArray(made) ? made : [made];
      if (!output || !("output" in output)) throw new Error("no service worker was built");
      writeFileSync(join(folder, "service-worker.js"), output.output[0].code);
    },
  };
}

export default defineConfig({
  plugins: [serviceWorker()],
  build: { target: "es2022" },
  server: { proxy: { "/v1": "http://127.0.0.1:8080" } },
});
