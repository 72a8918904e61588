// Builds the verifier into a folder: node build.mjs FOLDER. The same locked packages give the same bytes.

import { createHash } from "node:crypto";
import { readFile, readdir, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const HERE = dirname(fileURLToPath(import.meta.url));
const CONTEXTS = join(HERE, "../../../schemas/contexts");
const target = resolve(process.argv[2] ?? join(HERE, "../static/verifier"));

// One copy of the words serves both versions; it may do so only while they are the same.
const [first, second] = await Promise.all(
  ["battery-0.1.0.jsonld", "battery-1.0.0.jsonld"].map((name) => readFile(join(CONTEXTS, name), "utf8")),
);
if (first !== second) {
  throw new Error("the contexts 0.1.0 and 1.0.0 differ; src/contexts.mjs serves one for both");
}

const result = await build({
  absWorkingDir: HERE,
  entryPoints: { worker: "src/worker.mjs", page: "src/page.mjs", "service-worker": "src/service_worker.mjs" },
  outdir: target,
  bundle: true,
  minify: true,
  format: "iife",
  platform: "browser",
  target: ["es2022"],
  charset: "utf8",
  legalComments: "none", // NOTICE.md beside the files names who made what
  // The package names this file for browsers, beside an entry that bundlers read first.
  alias: { "base64url-universal": join(HERE, "node_modules/base64url-universal/lib/browser.js") },
  define: { "import.meta.url": "location.href" }, // these are scripts, no modules: every browser starts them
  loader: { ".jsonld": "json" },
  metafile: true,
  write: false,
});

const { dependencies } = JSON.parse(await readFile(join(HERE, "package.json"), "utf8"));
const packages = new Map();
for (const input of Object.keys(result.metafile.inputs)) {
  const [, path] = /^(?:.*\/)?node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(input) ?? [];
  if (path !== undefined && !packages.has(path)) {
    const { name, version, license } = JSON.parse(await readFile(join(HERE, "node_modules", path, "package.json"), "utf8"));
    const checks = name in dependencies || ["jsonld", "rdf-canonize", "@noble/ed25519"].includes(name);
    packages.set(path, { name, version, license, checks });
  }
}

const digests = {};
for (const { path, contents } of result.outputFiles) {
  await writeFile(path, contents);
  digests[path.slice(target.length + 1)] = createHash("sha256").update(contents).digest("hex");
}
const names = Object.keys(digests).sort();
const listed = [...packages.values()].sort((one, other) => (one.name < other.name ? -1 : 1));
await writeFile(join(target, "digests.json"), `${JSON.stringify(Object.fromEntries(names.map((name) => [name, digests[name]])), null, 2)}\n`);
await writeFile(join(target, "NOTICE.md"), await noticeOf(listed));
await writeFile(join(target, "packages.json"), `${JSON.stringify(listed, null, 2)}\n`);

// Who made what is in the built files, and under which licence: their texts go along.
async function noticeOf(packages) {
  const parts = [
    "# Programs of others in the verifier\n",
    "`worker.js` holds these packages of the npm registry, unmodified and put together by esbuild; the build",
    "in `passport/ui/verifier` makes the same bytes from the locked versions. `packages.json` lists them.\n",
    "| Package | Version | Licence |\n|---|---|---|",
    ...packages.map(({ name, version, license }) => `| ${name} | ${version} | ${license} |`),
  ];
  for (const { name } of packages) {
    const folder = join(HERE, "node_modules", name);
    const [file] = (await readdir(folder)).filter((one) => /^licen[cs]e/i.test(one)).sort();
    const text = (await readFile(join(folder, file), "utf8")).replaceAll("\r\n", "\n").trim();
    parts.push(`\n## ${name}\n\n${text.replace(/^/gm, "    ").replace(/ +$/gm, "")}`);
  }
  return `${parts.join("\n")}\n`;
}
