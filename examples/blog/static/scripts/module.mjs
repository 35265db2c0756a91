// Browsers run a module only if it is served with a JavaScript content type,
// so this mark on the page shows that the server knows what .mjs is.
document.documentElement.dataset.module = "ran";

const response = await fetch(new URL("../partials/footer.html", import.meta.url));
if (response.ok) {
  document.getElementById("footer").innerHTML = await response.text();
  document.documentElement.dataset.footer = "loaded";
} else {
  console.error(`footer: ${response.status}`);
}
