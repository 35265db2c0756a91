// What a bundler does, in small: one script with its package in it, and a stylesheet.
import { cp, mkdir, readFile, writeFile } from "node:fs/promises";

await mkdir("dist", { recursive: true });
const clsx = await readFile("node_modules/clsx/dist/clsx.mjs", "utf8");
await writeFile("dist/site.js", clsx + (await readFile("src/site.js", "utf8")));
await cp("src/site.css", "dist/site.css");
