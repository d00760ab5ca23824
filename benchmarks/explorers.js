// In the page: moves an explorer or an `interact`, and times what comes of it.
(() => {
  const frame = () => new Promise(requestAnimationFrame);
  const rest = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

  // Both sides: move(control, position) causes the event of a slider or a choice; changed(done) calls done at each
  // new picture: when the canvas has new content, and when the new image is decoded.
  function explorer(number) {
    const root = document.querySelectorAll('.relu-explorer')[number], canvas = root.querySelector('canvas');
    const controls = root.querySelectorAll('.relu-controls input, .relu-controls select');
    return {
      root,
      move(control, position) {
        const one = controls[control];
        one.value = position;
        one.dispatchEvent(new Event(one.matches('select') ? 'change' : 'input', { bubbles: true }));
      },
      changed(done) {
        const observer = new MutationObserver(done);
        observer.observe(canvas, { attributeFilter: ['data-key'] });
        return () => observer.disconnect();
      },
    };
  }

  function interact() {
    const root = document.querySelector('.widget-interact');
    const controls = [...root.querySelectorAll('.noUi-handle, select')];
    const at = controls.map((one) => Number(one.getAttribute('aria-valuenow')));
    return {
      root,
      move(control, position) {
        const one = controls[control];
        if (one.matches('select')) {
          one.selectedIndex = position;
          one.dispatchEvent(new Event('change', { bubbles: true }));
          return;
        }
        for (; at[control] !== position; at[control] += Math.sign(position - at[control])) {
          const key = position > at[control] ? 'ArrowRight' : 'ArrowLeft';
          one.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
        }
      },
      changed(done) {
        let shown = root.querySelector('img');
        const observer = new MutationObserver(async () => {
          const image = root.querySelector('img');
          if (!image || image === shown) return; // an equal picture is a new element, too
          shown = image;
          await image.decode().catch(() => {});
          done();
        });
        observer.observe(root, { childList: true, subtree: true, attributes: true });
        return () => observer.disconnect();
      },
    };
  }

  // Milliseconds from the event of each move to the changed picture, one move after another.
  async function latency(side, moves, pause) {
    const took = [];
    side.root.scrollIntoView();
    for (const [control, position] of moves) {
      await new Promise((resolve, reject) => {
        const late = setTimeout(() => reject(new Error(`no new picture at ${control}, ${position}`)), 20_000);
        const started = performance.now();
        const stop = side.changed(() => {
          took.push(performance.now() - started);
          stop(), clearTimeout(late), resolve();
        });
        side.move(control, position);
      });
      if (pause) await rest(pause);
    }
    return took;
  }

  // New pictures a second while a move is made in each frame.
  async function drag(side, moves, seconds) {
    let pictures = 0;
    side.root.scrollIntoView();
    const stop = side.changed(() => pictures++);
    const started = performance.now();
    for (let i = 0; performance.now() - started < seconds * 1000; i++) {
      await frame();
      side.move(...moves[i % moves.length]);
    }
    stop();
    return (pictures * 1000) / (performance.now() - started);
  }

  // A run in the kernel: milliseconds from pressing its button to the first picture, then pictures a second, until
  // it ends or so many seconds are over.
  async function watch(side, seconds) {
    const times = [];
    side.root.scrollIntoView();
    const button = (name) => [...side.root.querySelectorAll('button')].find((one) => name.test(one.textContent));
    const started = performance.now();
    const stop = side.changed(() => times.push(performance.now()));
    button(/^(Start|Run Interact)$/).click();
    const last = () => times.at(-1) ?? started + 20_000;
    while (performance.now() - started < seconds * 1000 || !times.length) {
      await rest(100);
      if (performance.now() - last() > 2000) break;
    }
    button(/^Stop$/)?.click();
    stop();
    return [times[0] - started, ((times.length - 1) * 1000) / (last() - times[0])];
  }

  // What the kernel prints.
  const printed = (code) =>
    new Promise((resolve, reject) => {
      const kernel = window.jupyterapp.shell.currentWidget.sessionContext.session.kernel;
      const future = kernel.requestExecute({ code });
      future.onIOPub = (message) => message.content.name === 'stdout' && resolve(message.content.text);
      future.done.then(() => reject(new Error(`Nothing was printed by: ${code}`)), reject);
    });

  window.bench = { explorer, interact, latency, drag, watch, printed };
})();
