// Predictions and quizzes on a page without a kernel: the same form (predict.js), with its answers in the page.
// A commitment is kept in the tab's own storage, as long as the tab is open.
const told = {};

function commitment(id, chosen) {
  try {
    if (chosen !== undefined) sessionStorage.setItem(`relu-course-${id}`, chosen);
    return sessionStorage.getItem(`relu-course-${id}`);
  } catch {
    if (chosen !== undefined) told[id] = String(chosen); // no storage, for example on a page from a disk
    return told[id] ?? null;
  }
}

// What predict.js expects of a kernel; `answer` is what happens when an option was chosen and the button pressed.
function makeModel(state, answer) {
  const listeners = [];
  const change = (values) => {
    Object.assign(state, values);
    for (const [names, callback] of listeners) {
      if (Object.keys(values).some((name) => names.includes(`change:${name}`))) callback();
    }
  };
  return {
    get: (name) => state[name],
    set: (name, value) => Object.assign(state, typeof name === "string" ? { [name]: value } : name),
    save_changes: () => state.chosen >= 0 && answer(state.chosen, change),
    on: (names, callback) => listeners.push([names, callback]),
    off() {},
  };
}

function makeForm(el, data) {
  const state = { prompt: data.prompt, options: data.options, button: data.button };
  Object.assign(state, { chosen: -1, locked: false, message: "" });
  const predicts = data.kind === "predict";
  const model = makeModel(state, (chosen, change) => {
    if (!predicts) return change({ message: data.answers[chosen] });
    commitment(data.id, chosen);
    change({ message: data.answers[chosen], locked: true });
    for (const other of document.querySelectorAll(`[data-relu-reveals="${data.id}"]`)) reveal(other);
  });
  const before = predicts ? commitment(data.id) : null;
  if (before !== null && data.answers[before]) {
    Object.assign(state, { chosen: Number(before), message: data.answers[before], locked: true });
  }
  el.textContent = "";
  form.render({ model, el });
}

function reveal(el) {
  const data = JSON.parse(el.dataset.reluQuizData);
  const chosen = commitment(data.id);
  el.innerHTML = chosen !== null && data.answers[chosen] ? data.answers[chosen] : data.uncommitted;
}

function bringQuizzesToLife() {
  for (const el of document.querySelectorAll("[data-relu-quiz]")) {
    const source = el.querySelector("script").textContent;
    const data = JSON.parse(source);
    el.removeAttribute("data-relu-quiz");
    if (data.kind !== "reveal") {
      makeForm(el, data);
      continue;
    }
    el.dataset.reluReveals = data.id;
    el.dataset.reluQuizData = source;
    el.setAttribute("role", "status");
    reveal(el);
  }
}

if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", bringQuizzesToLife);
bringQuizzesToLife();
