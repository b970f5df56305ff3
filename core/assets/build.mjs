// Builds the front end: bundles, hashes, packs and lists every file of the folder that is named first on the command line.
// Folders of modules from elsewhere follow, whose scripts and styles go along.

import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import * as zlib from "node:zlib";
import { build } from "esbuild";

const TYPES = {
  css: "text/css",
  js: "text/javascript",
  svg: "image/svg+xml",
  webmanifest: "application/manifest+json",
};
const ICONS = "node_modules/lucide-static/icons";

const [folder = "site", ...elsewhere] = process.argv.slice(2);
const listed = {};
const kept = new Set(["manifest.json", "modules.json", "words.json", ".built"]);

/** The packed forms of a file, as small as they get, by their endings. Node has zstd from 22.15 on. */
function packings(octets) {
  const { BROTLI_PARAM_QUALITY, ZSTD_c_compressionLevel } = zlib.constants;
  const gzip = zlib.gzipSync(octets, { level: 9 });
  gzip[9] = 255; // the field that tells the operating system: the same everywhere
  const made = [[".gz", gzip], [".br", zlib.brotliCompressSync(octets, { params: { [BROTLI_PARAM_QUALITY]: 11 } })]];
  if (zlib.zstdCompressSync) made.push([".zst", zlib.zstdCompressSync(octets, { params: { [ZSTD_c_compressionLevel]: 19 } })]);
  return made;
}

/** Write one file under a name that holds its hash, with its packed forms, and list it. */
function put(name, content) {
  const octets = Buffer.from(content);
  const dot = name.lastIndexOf(".");
  const ending = name.slice(dot + 1);
  const digest = createHash("sha384").update(octets).digest();
  const file = `${name.slice(0, dot)}.${digest.toString("hex").slice(0, 12)}.${ending}`;
  for (const [end, data] of [["", octets], ...packings(octets)]) {
    writeFileSync(join(folder, file + end), data);
    kept.add(file + end);
  }
  listed[name] = { path: `/site/${file}`, integrity: `sha384-${digest.toString("base64")}`, media_type: TYPES[ending] };
  return listed[name];
}

/** Bundle one entry, given as source text that imports files of this project. */
async function bundle(contents, loader, define = {}) {
  const built = await build({
    stdin: { contents, loader, resolveDir: ".", sourcefile: "entry" },
    bundle: true,
    minify: true,
    write: false,
    format: loader === "css" ? undefined : "esm",
    target: loader === "css" ? ["chrome115", "firefox117", "safari16.5"] : "es2022",
    // What a module from elsewhere calls the core's scripts and styles, and where it finds the core's libraries.
    alias: { hm3: resolve("core/assets") },
    nodePaths: [resolve("node_modules")],
    charset: "utf8",
    legalComments: "eof",
    logLevel: "error",
    define,
  });
  return built.outputFiles[0].contents;
}

/** The files of one name in the asset folders: the core's first, then the modules' by their names. */
function everywhere(name) {
  const modules = readdirSync("modules").sort().map((module) => `./modules/${module}/assets/${name}`);
  return [`./core/assets/${name}`, ...modules].filter((path) => existsSync(path));
}

/** The same, with those of modules from elsewhere behind them. */
function everywhereAndBeyond(name) {
  const theirs = elsewhere.map((module) => resolve(module, "assets", name));
  return [...everywhere(name), ...theirs.filter((path) => existsSync(path))];
}

/** The files of the build before this one: a site that is still running goes on showing them. */
function before() {
  try {
    return Object.values(JSON.parse(readFileSync(join(folder, "manifest.json"), "utf8"))).map(({ path }) => basename(path));
  } catch {
    return []; // There is none, or none that can be read; then nobody shows it either.
  }
}

/** What scripts say to people: every phrase that a `say("...")` in the asset folders names. */
function phrases() {
  const modules = [...readdirSync("modules").sort().map((module) => join("modules", module)), ...elsewhere];
  const folders = ["core/assets", ...modules.map((module) => join(module, "assets"))];
  const said = new Set();
  for (const asset of folders.filter((path) => existsSync(path))) {
    for (const file of readdirSync(asset).filter((name) => name.endsWith(".ts"))) {
      const text = readFileSync(join(asset, file), "utf8");
      for (const found of text.matchAll(/\bsay\(\s*("(?:[^"\\\n]|\\.)*")/g)) said.add(JSON.parse(found[1]));
    }
  }
  return [...said].sort();
}

/** One SVG with a symbol for each icon that is listed. */
function sprite() {
  const names = JSON.parse(readFileSync("core/assets/icons.json", "utf8"));
  const symbols = Object.entries(names).map(([name, lucide]) => {
    const drawing = readFileSync(`${ICONS}/${lucide}.svg`, "utf8");
    const inner = drawing.slice(drawing.indexOf(">", drawing.indexOf("<svg")) + 1, drawing.lastIndexOf("</svg>"));
    const paths = inner.replace(/\s+/g, " ").replace(/> </g, "><").trim();
    return `<symbol id="${name}" viewBox="0 0 24 24">${paths}</symbol>`;
  });
  const look = 'fill="none" stroke="currentColor" stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round"';
  return `<svg xmlns="http://www.w3.org/2000/svg" ${look}>${symbols.join("")}</svg>`;
}

const importing = (files) => files.map((path) => `import ${JSON.stringify(path)};`).join("\n");

mkdirSync(folder, { recursive: true });
for (const file of before()) for (const end of ["", ".gz", ".br", ".zst"]) kept.add(file + end);
const icons = put("icons.svg", sprite());
const icon = put("favicon.svg", readFileSync("core/assets/favicon.svg"));
put("hm3.webmanifest", JSON.stringify({
  name: "hm3",
  short_name: "hm3",
  start_url: "/mail/",
  display: "standalone",
  background_color: "#ffffff",
  theme_color: "#ffffff",
  icons: [{ src: icon.path, sizes: "any", type: "image/svg+xml", purpose: "any" }],
}));
for (const path of everywhere("frame.css")) put("frame.css", await bundle(`@import ${JSON.stringify(path)};`, "css"));
const styles = everywhereAndBeyond("main.css").map((path) => `@import ${JSON.stringify(path)};`);
put("app.css", await bundle(styles.join("\n"), "css"));

const lazy = {};
for (const path of everywhere("editor.ts")) {
  const exported = await bundle(`export * from ${JSON.stringify(path)};`, "ts", { HM3_ICONS: JSON.stringify(icons.path) });
  lazy.editor = put("editor.js", exported);
}
const told = Object.fromEntries(Object.entries(lazy).map(([name, { path, integrity }]) => [name, { path, integrity }]));
put("app.js", await bundle(importing(everywhereAndBeyond("main.ts")), "ts", {
  HM3_LAZY: JSON.stringify(told),
  HM3_ICONS: JSON.stringify(icons.path),
}));

writeFileSync(join(folder, "modules.json"), `${JSON.stringify(elsewhere.map((module) => basename(module)))}\n`);
writeFileSync(join(folder, "words.json"), `${JSON.stringify(phrases(), null, 1)}\n`);
writeFileSync(join(folder, "manifest.json"), `${JSON.stringify(listed, null, 2)}\n`);
for (const file of readdirSync(folder)) if (!kept.has(file)) rmSync(join(folder, file), { recursive: true });
