(() => {
  document.documentElement.dataset.app = "ran";
  async function showTags(list) {
    const response = await fetch(list.dataset.source);
    if (!response.ok) throw new Error(`tags: ${response.status}`);
    const { tags } = await response.json();
    for (const tag of tags) {
      const item = document.createElement("li");
      item.textContent = tag;
      list.append(item);
    }
  }
  showTags(document.getElementById("tags")).catch(console.error);
})();
//# sourceMappingURL=app.js.map
