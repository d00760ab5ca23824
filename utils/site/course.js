// On paper everything is as on a light screen.
let theme;
addEventListener("beforeprint", () => {
  theme = document.documentElement.dataset.theme;
  document.documentElement.dataset.theme = "light";
});
addEventListener("afterprint", () => (document.documentElement.dataset.theme = theme));

// What is wider than the page scrolls by itself, and can be reached with the Tab key.
const WIDE = ".bd-article :is(pre, mjx-container[display], .text_html, .pst-scrollable-table-container)";
function reachWide() {
  for (const one of document.querySelectorAll(WIDE)) {
    if (one.scrollWidth > one.clientWidth + 1) one.tabIndex = 0;
    else one.removeAttribute("tabindex");
  }
}
let later;
addEventListener("resize", () => (clearTimeout(later), (later = setTimeout(reachWide, 200))));
addEventListener("load", () => {
  reachWide();
  window.MathJax?.startup?.promise?.then(reachWide);
});
