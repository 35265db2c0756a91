// What a bundler does, in small: a page, and a script named after what is in it.
import { cp, mkdir, readFile, writeFile } from "node:fs/promises";
import { createHash } from "node:crypto";

const clsx = await readFile("node_modules/clsx/dist/clsx.mjs", "utf8");
const script = clsx + (await readFile("src/main.js", "utf8"));
const name = `main-${createHash("sha256").update(script).digest("hex").slice(0, 8)}.js`;
await mkdir("dist", { recursive: true });
await cp("src/public", "dist", { recursive: true });
await writeFile(`dist/${name}`, script);
const page = await readFile("src/index.html", "utf8");
await writeFile("dist/index.html", page.replace("main.js", name));
