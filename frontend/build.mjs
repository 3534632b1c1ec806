// Builds everything the pages load into dist/: stylesheets, scripts, the icon sprite, the font and our own pictures.
import { cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { build } from "esbuild";
import * as sass from "sass";

const DIST = "dist";
const FONT = "node_modules/@fontsource/figtree/files/figtree-latin-700-normal.woff2";

function compileStyles(name) {
  const { css } = sass.compile(`scss/${name}.scss`, {
    style: "compressed",
    loadPaths: ["node_modules", "."],
    quietDeps: true,
    silenceDeprecations: ["import"],
    logger: sass.Logger.silent,
  });
  return writeFile(`${DIST}/${name}.css`, css + "\n");
}

function bundleScripts() {
  return build({
    entryPoints: ["js/app.js", "js/places.js", "js/staff.js"],
    outdir: DIST,
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2020",
    legalComments: "none",
    logLevel: "warning",
  });
}

async function drawSprite() {
  const names = JSON.parse(await readFile("icons.json", "utf8")).sort();
  const symbols = await Promise.all(names.map(symbol));
  const open = '<svg xmlns="http://www.w3.org/2000/svg"><!-- Lucide icons, ISC licence; the class `icon` draws their strokes -->';
  return writeFile(`${DIST}/icons.svg`, `${open}${symbols.join("")}</svg>\n`);
}

async function symbol(name) {
  const svg = await readFile(`node_modules/lucide-static/icons/${name}.svg`, "utf8");
  const shapes = svg
    .slice(svg.indexOf(">", svg.indexOf("<svg")) + 1, svg.lastIndexOf("</svg>"))
    .replace(/\s*\n\s*/g, "")
    .replace(/ \/>/g, "/>");
  return `<symbol id="${name}" viewBox="0 0 24 24">${shapes}</symbol>`;
}

await rm(DIST, { recursive: true, force: true });
await mkdir(`${DIST}/fonts`, { recursive: true });
await cp("images", DIST, { recursive: true });
await cp(FONT, `${DIST}/fonts/figtree-700.woff2`);
await cp("node_modules/@fontsource/figtree/LICENSE", `${DIST}/fonts/figtree-licence.txt`);
await cp("node_modules/lucide-static/LICENSE", `${DIST}/icons-licence.txt`);
await Promise.all([compileStyles("app"), compileStyles("admin"), compileStyles("staff"), compileStyles("styleguide"), bundleScripts(), drawSprite()]);
