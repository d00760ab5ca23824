// A native form of radio buttons: labels wrap, the keyboard works, and the answer is announced when it comes.
const STYLE = `
.relu-form { border: 0; margin: 4px 0; padding: 0; max-width: 48em; line-height: 1.5; color: inherit; }
.relu-form legend { font-size: inherit; line-height: inherit; font-weight: 600; padding: 0; margin-bottom: 4px; color: inherit; }
.relu-form label { display: flex; gap: 8px; align-items: baseline; padding: 3px 4px; cursor: pointer; }
.relu-form input { flex: none; margin: 0; accent-color: #0072b2; }
.relu-form button { margin: 6px 0; padding: 4px 14px; font: inherit; color: #fff; background: #0072b2;
  border: 1px solid #0072b2; border-radius: 3px; cursor: pointer; }
.relu-form button:disabled { color: inherit; background: transparent; border-color: currentColor; opacity: 0.65;
  cursor: default; }
.relu-form :is(input, button):focus-visible { outline: 2px solid #d55e00; outline-offset: 2px; }
@media print { .relu-form button { display: none; } }
`;

function render({ model, el }) {
  const form = document.createElement("fieldset");
  form.className = "relu-form";
  // Each form loads this file anew, so a counter would give two forms the same group of buttons.
  const name = `relu-form-${Math.random().toString(36).slice(2)}`;
  form.innerHTML = `<style>${STYLE}</style><legend>${model.get("prompt")}</legend>`;
  const inputs = model.get("options").map((text, number) => {
    const label = document.createElement("label");
    label.innerHTML = `<input type="radio" name="${name}" value="${number}"><span>${text}</span>`;
    form.append(label);
    return label.firstChild;
  });
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = model.get("button");
  const message = document.createElement("div");
  message.setAttribute("role", "status");
  message.tabIndex = -1;
  form.append(button, message);

  const chosen = () => inputs.findIndex((input) => input.checked);
  const update = () => {
    const locked = model.get("locked");
    inputs.forEach((input) => (input.disabled = locked));
    button.disabled = locked || chosen() < 0;
    const focused = document.activeElement === button;
    button.hidden = locked;
    message.innerHTML = model.get("message");
    if (locked && focused) message.focus(); // not back to the top of the page
  };
  const choose = () => {
    const number = model.get("chosen");
    if (number >= 0) inputs[number].checked = true;
    update();
  };
  form.addEventListener("change", () => {
    model.set({ chosen: -1, message: "" }); // what was said belongs to the option chosen before
    model.save_changes();
    update();
  });
  // JupyterLab would take arrow keys, Enter and Space for the notebook. Shift+Enter still runs the cell, and
  // PageUp and PageDown, which mean nothing here, turn the slides of a presentation.
  form.addEventListener("keydown", (event) => {
    const command = (event.shiftKey && event.key === "Enter") || event.key.startsWith("Page");
    if (!command && event.target !== message) event.stopPropagation();
  });
  button.addEventListener("click", () => {
    model.set("chosen", chosen());
    model.save_changes();
  });
  model.on("change:locked change:message", update);
  model.on("change:chosen", choose);
  choose();
  el.append(form);
  return () => {
    model.off("change:locked change:message", update);
    model.off("change:chosen", choose);
  };
}

export default { render };
