// Copies exactly what pages use from node_modules to guanjia/web/static/vendor.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { ICONS } from "./icons.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const modules = join(root, "node_modules");
const target = join(root, "guanjia", "web", "static", "vendor");
const PACKAGES = ["@tabler/core", "@tabler/icons", "htmx.org", "echarts", "zrender", "tslib"];

const read = (...parts) => readFileSync(join(modules, ...parts), "utf8");
const write = (name, text) => writeFileSync(join(target, name), text);

// Source maps are not shipped, and a reference to a missing one stops the manifest storage.
const withoutMap = (text) => text.replace(/\/[/*][#@]\s*sourceMappingURL=.*$/gm, "");

function symbol(name) {
  const file = join(modules, "@tabler", "icons", "icons", "outline", `${name}.svg`);
  if (!existsSync(file)) throw new Error(`no such icon in @tabler/icons: ${name}`);
  const body = readFileSync(file, "utf8").replace(/^[\s\S]*?<svg[^>]*>/, "").replace("</svg>", "");
  const paths = body.replace(/<path stroke="none"[^>]*\/>/, "").replace(/\s+/g, " ").trim();
  return `<symbol id="${name}" viewBox="0 0 24 24">${paths}</symbol>`;
}

function licence(name) {
  const { version, license } = JSON.parse(read(name, "package.json"));
  const texts = ["LICENSE", "LICENSE.txt", "NOTICE"].filter((f) => existsSync(join(modules, name, f)));
  const body = texts.map((f) => read(name, f).trim()).join("\n\n");
  return `# ${name} ${version} (${license})\n\n${body}\n`;
}

rmSync(target, { recursive: true, force: true });
mkdirSync(target, { recursive: true });
write("tabler.min.css", withoutMap(read("@tabler", "core", "dist", "css", "tabler.min.css")));
write("htmx.min.js", withoutMap(read("htmx.org", "dist", "htmx.min.js")));
write(
  "icons.svg",
  `<svg xmlns="http://www.w3.org/2000/svg" fill="none" stroke="currentColor" stroke-width="2" ` +
    `stroke-linecap="round" stroke-linejoin="round">${ICONS.map(symbol).join("\n")}</svg>\n`,
);
await build({
  entryPoints: [join(root, "frontend", "charts.mjs")],
  outfile: join(target, "echarts.min.js"),
  bundle: true,
  minify: true,
  format: "iife",
  globalName: "echarts",
  target: "es2019",
  legalComments: "none",
  logLevel: "warning",
});
write("licences.md", PACKAGES.map(licence).join("\n---\n\n"));
