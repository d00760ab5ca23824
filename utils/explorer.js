// The page's side of an explorer: native controls, a canvas that shows pictures drawn in Python, their description.
// Pictures that are at hand are shown at once; others are asked of the kernel, one at a time, the latest wish first.
// A setting is a list of positions on the controls' grids; its key is that list as text.
const MOST_PICTURES = 512;
const MOST_BYTES = 16 * 2 ** 20;
const SILENCE = 4000; // ms without an answer after which the learner is told
const SILENT =
  "The kernel has not answered yet. It may be busy; if not, run this cell to bring the explorer back to life.";
const LOADING = "The pictures are on their way.";
const ASTRAY = "This saved page holds only some of the pictures: the other controls moved too.";
const MISSING = "The pictures could not be loaded: reload the page to try again.";

function element(name, attributes = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  node.append(...children);
  return node;
}

// A bounded store of pictures, least recently used first.
function makeBook(bounded) {
  const pictures = new Map();
  let bytes = 0;
  const drop = (key) => {
    bytes -= pictures.get(key)?.blob?.size ?? 0;
    pictures.delete(key);
  };
  return {
    keys: () => [...pictures.keys()],
    has: (key) => pictures.has(key),
    bytes: () => bytes,
    take(key) {
      const picture = pictures.get(key);
      if (picture) pictures.delete(key), pictures.set(key, picture);
      return picture;
    },
    keep(picture) {
      drop(picture.key);
      pictures.set(picture.key, picture);
      bytes += picture.blob?.size ?? 0;
      while (bounded && pictures.size > 1 && (pictures.size > MOST_PICTURES || bytes > MOST_BYTES)) {
        drop(pictures.keys().next().value);
      }
    },
  };
}

// One row: label, slider or select, and the value of a slider as text.
function makeControl(control, id, moved) {
  const last = control.texts.length - 1;
  const label = element("label", { for: id }, control.label);
  if (control.kind === "choice") {
    const options = control.texts.map((text, i) => element("option", { value: i }, text));
    const select = element("select", { id }, ...options);
    select.addEventListener("change", () => moved(Number(select.value)));
    return { nodes: [label, select, element("span")], set: (position) => (select.value = position) };
  }
  const slider = element("input", { id, type: "range", min: 0, max: last, step: 1, autocomplete: "off" });
  const output = element("output", { for: id });
  output.style.minWidth = `${Math.max(...control.texts.map((text) => text.length))}ch`;
  slider.addEventListener("input", () => moved(Number(slider.value)));
  const set = (position) => {
    slider.value = position;
    slider.setAttribute("aria-valuetext", control.texts[position]);
    output.textContent = control.texts[position];
  };
  return { nodes: [label, slider, output], set };
}

// Previous, Next, and the sentences one over the other, so that the page never changes its height.
function makeTour(stops, go) {
  let stop = 0;
  const place = element("span", { class: "relu-place" });
  const previous = element("button", { type: "button" }, "Previous");
  const next = element("button", { type: "button" }, "Next");
  const sentences = ["Take the tour: press Next.", ...stops.map((one) => one.sentence)].map((text) =>
    element("p", {}, text)
  );
  const update = () => {
    place.textContent = `${stop} of ${stops.length}`;
    previous.setAttribute("aria-disabled", stop <= 1);
    next.setAttribute("aria-disabled", stop === stops.length);
    sentences.forEach((sentence, i) => (sentence.style.visibility = i === stop ? "visible" : "hidden"));
  };
  const move = (to) => {
    if (to < 1 || to > stops.length) return;
    stop = to;
    update();
    go(stops[stop - 1].key);
  };
  previous.addEventListener("click", () => move(stop - 1));
  next.addEventListener("click", () => move(stop + 1));
  update();
  const said = element("div", { class: "relu-sentences", "aria-live": "polite" }, ...sentences);
  const buttons = element("div", { class: "relu-buttons" }, previous, place, next);
  return element("div", { class: "relu-tour", role: "group", "aria-label": "Tour" }, buttons, said);
}

// Start, Stop and the progress of a run in the kernel.
function makeRun(start, stop) {
  const button = element("button", { type: "button" }, "Start");
  const halt = element("button", { type: "button", "aria-disabled": true }, "Stop");
  const progress = element("progress", { max: 1, value: 0, "aria-label": "Progress of the run" });
  const running = (yes) => {
    button.textContent = yes ? "Start again" : "Start";
    halt.setAttribute("aria-disabled", !yes);
  };
  button.addEventListener("click", () => (running(true), (progress.value = 0), start()));
  halt.addEventListener("click", stop);
  return { node: element("div", { class: "relu-buttons" }, button, halt, progress), progress, running };
}

// The page's own text colour tells whether it is dark, whatever it is built with.
function followTheme(root) {
  const look = () => {
    if (!root.isConnected) return; // JupyterLab may render it twice, and keep one
    const [red, green, blue] = getComputedStyle(root).color.match(/[\d.]+/g).map(Number);
    root.classList.toggle("relu-dark", red + green + blue > 384);
  };
  const later = () => (look(), setTimeout(look, 300)); // a theme's style sheet may still be on its way
  const observer = new MutationObserver(later);
  for (const node of [document.documentElement, document.body]) observer.observe(node, { attributes: true });
  const scheme = matchMedia("(prefers-color-scheme: dark)");
  scheme.addEventListener("change", later);
  requestAnimationFrame(look);
  return () => (observer.disconnect(), scheme.removeEventListener("change", later));
}

function render({ model, el }) {
  const spec = model.get("spec");
  const book = makeBook(!spec.saved);
  const id = `relu-${Math.random().toString(36).slice(2)}`;
  const start = spec.controls.map((control) => control.start);
  let at = [...start]; // the setting that the controls show
  let axis = 0; // the control moved last
  let astray = false; // on a saved page: whether moving this control has moved others
  let asked = null; // the key that the kernel was asked for
  let run = 0; // the number of the latest run
  let next = null; // the picture to be shown next
  let painting = false;
  let opened = false; // on a saved page: whether its pictures are asked for, and "done" when they are there
  let pause, silence;

  const canvas = element("canvas", { role: "img", width: spec.width * 2, height: spec.height * 2 });
  canvas.style.width = `${spec.width}px`;
  canvas.style.aspectRatio = `${spec.width} / ${spec.height}`;
  const description = element("p", { class: "relu-description", "aria-live": "polite" });
  const note = element("p", { class: "relu-note", role: "status" });
  const root = element("div", { class: "relu-explorer" });

  function tell(text) {
    if (description.textContent === text) return;
    description.textContent = text;
    // Grows with the longest description, never shrinks: the page below stays where it is.
    const height = description.offsetHeight;
    if (height > (parseFloat(description.style.minHeight) || 0)) description.style.minHeight = `${height}px`;
  }

  async function draw(picture) {
    const { image, blob } = picture; // a saved page begins with an image that it holds
    if (image) await image.decode();
    const bitmap = image ?? (await createImageBitmap(blob));
    const context = canvas.getContext("2d");
    context.clearRect(0, 0, canvas.width, canvas.height);
    context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
    bitmap.close?.();
    canvas.setAttribute("aria-label", picture.description);
    canvas.dataset.key = picture.key;
  }

  // One at a time and the latest next, so that neither a picture nor a sentence overtakes a later one.
  async function paint(picture) {
    next = picture;
    if (painting) return;
    painting = true;
    try {
      while (next) {
        const now = next;
        next = null;
        if (now.blob || now.image) await draw(now);
        tell(now.description);
      }
    } finally {
      painting = false;
    }
  }

  function send(message) {
    clearTimeout(silence);
    if (message.want || message.type === "start") silence = setTimeout(() => (note.textContent = SILENT), SILENCE);
    try {
      model.send(message);
    } catch {
      note.textContent = SILENT;
    }
  }

  const where = (want) => ({ type: "at", key: at, axis, want });

  function refresh() {
    controls.forEach((control, i) => control.set(at[i]));
    clearTimeout(pause);
    if (spec.saved) return;
    if (!spec.live) seek();
    if (!asked) pause = setTimeout(() => send(where(false)), 120); // what to draw ahead depends on it
  }

  function seek() {
    const picture = book.take(String(at));
    if (picture) paint(picture);
    else if (!asked) {
      asked = String(at);
      send(where(true));
    }
  }

  // A saved page has only so many pictures: the nearest one that keeps the control just moved as it is.
  function seekSaved() {
    const far = (key) =>
      key
        .split(",")
        .map((position, i) => (Math.abs(position - at[i]) / spec.controls[i].texts.length) * (i === axis ? 1e6 : 1))
        .reduce((sum, part) => sum + part);
    const best = book.keys().reduce((a, b) => (far(b) < far(a) ? b : a));
    astray ||= best !== String(at);
    note.textContent = astray ? ASTRAY : "";
    at = best.split(",").map(Number);
    paint(book.take(best));
  }

  function keep(picture) {
    book.keep({ ...picture, blob: picture.png && new Blob([picture.png], { type: "image/png" }) });
  }

  // A saved page's pictures may be large and lie in another file: they are fetched at the first sign of interest.
  async function open() {
    if (opened) return;
    opened = true;
    try {
      (await model.pictures()).forEach(keep);
      opened = "done";
      root.dataset.pictures = book.keys().length;
      seekSaved();
      refresh();
    } catch {
      opened = false;
      note.textContent = MISSING;
    }
  }

  function go(key, moved) {
    at = [...key];
    if (moved !== axis) astray = false; // also at a stop of the tour and at Reset
    axis = moved ?? axis;
    if (!spec.saved) refresh();
    else if (opened === "done") seekSaved(), refresh();
    else refresh(), (note.textContent = LOADING), open();
  }

  function receive(message, buffers) {
    if (message.run !== undefined && message.run !== run) return;
    clearTimeout(silence);
    note.textContent = "";
    const answer = message.key !== undefined && message.key === asked;
    if (answer) asked = null;
    if (message.type === "picture") {
      const blob = new Blob([buffers[0]], { type: "image/png" });
      const picture = { key: message.key, blob, description: message.description };
      if (spec.live) paint(picture);
      else book.keep(picture);
      if (message.fraction !== undefined) runner.progress.value = message.fraction;
      // While dragging, an answer is worth showing even if the wish has moved on.
      if (answer && !book.has(String(at))) paint(picture);
    }
    if (message.type === "failed") paint({ description: message.description });
    if (message.type === "ended") runner.running(false);
    if (answer && message.key !== String(at)) seek();
    else if (answer && message.type === "picture") paint(book.take(message.key));
    root.dataset.pictures = book.keys().length;
    root.dataset.bytes = book.bytes();
  }

  const controls = spec.controls.map((control, i) =>
    makeControl(control, `${id}-${i}`, (position) => {
      const key = [...at];
      key[i] = position;
      go(key, i);
    })
  );
  const reset = element("button", { type: "button" }, "Reset");
  reset.addEventListener("click", () => go(start));
  const runner = makeRun(
    () => send({ type: "start", key: at, run: (run += 1) }),
    () => send({ type: "stop" })
  );
  const rows = element("div", { class: "relu-controls" }, ...controls.flatMap((control) => control.nodes));
  root.append(rows, element("div", { class: "relu-buttons" }, reset));
  if (spec.live) root.lastChild.append(...runner.node.childNodes);
  root.append(canvas, description, note);
  if (spec.tour.length) root.append(makeTour(spec.tour, go));
  // Else the notebook takes arrow keys and letters for its own commands. Shift+Enter still runs the cell.
  root.addEventListener("keydown", (event) => {
    const page = event.key.startsWith("Page") && event.target.matches("button"); // turns a presentation's slides
    const command = page || event.ctrlKey || event.metaKey || event.altKey || (event.shiftKey && event.key === "Enter");
    if (!command) event.stopPropagation();
  });
  el.replaceChildren(root);

  model.get("first").forEach(keep);
  if (spec.saved) for (const sign of ["pointerenter", "focusin", "touchstart"]) root.addEventListener(sign, open, { passive: true });
  at.forEach((position, i) => controls[i].set(position));
  paint(spec.live ? book.take("still") : book.take(String(at)));
  root.dataset.pictures = book.keys().length;
  const unfollow = followTheme(root);
  model.on("msg:custom", receive);
  if (!spec.saved) send({ type: "ready" });
  return () => {
    unfollow();
    clearTimeout(pause);
    clearTimeout(silence);
    model.off("msg:custom", receive);
  };
}

export default { render };
