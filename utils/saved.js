// The page's side without a kernel: each saved explorer gets its controls, and its pictures when somebody wants them.
function fetchPictures(el) {
  const inside = el.querySelector("script.relu-pictures");
  if (inside) return Promise.resolve(JSON.parse(inside.textContent));
  return new Promise((resolve, reject) => {
    // A script, because a page opened from a disk may load one and nothing else.
    const script = element("script", { src: el.dataset.src });
    script.onload = () => resolve(window.reluPictures[el.dataset.src.split("/").pop()]);
    script.onerror = () => reject(new Error(`no ${el.dataset.src}`));
    document.head.append(script);
  });
}

function bringToLife(el) {
  const bytes = (text) => Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  const key = el.dataset.reluExplorer;
  const image = el.querySelector(`.relu-stop[data-key="${key}"] img`);
  const state = {
    spec: JSON.parse(el.querySelector("script.relu-spec").textContent),
    first: [{ key, image, description: image.alt }],
  };
  const pictures = () => fetchPictures(el).then((all) => all.map((one) => ({ ...one, png: bytes(one.png) })));
  const model = { get: (name) => state[name], on() {}, off() {}, send() {}, pictures };
  const place = element("div");
  el.removeAttribute("data-relu-explorer");
  el.prepend(place);
  el.classList.add("relu-alive");
  widget.render({ model, el: place });
}

function bringAllToLife() {
  for (const el of document.querySelectorAll("[data-relu-explorer]")) bringToLife(el);
}

// Where this script stands beside the page it may run before the page is there.
if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", bringAllToLife);
bringAllToLife();
