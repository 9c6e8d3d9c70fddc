extension BrowserTests {
    /// First in the page: hears what goes wrong from the beginning.
    static let listen = #"""
        window.heard = [];
        window.addEventListener('error', e => heard.push('error: ' + e.message));
        window.addEventListener('unhandledrejection', e => heard.push('rejected: ' + e.reason));
        for (const kind of ['error', 'warn']) {
          const say = console[kind];
          console[kind] = function () { heard.push(kind + ': ' + [...arguments].join(' ')); say.apply(console, arguments); };
        }
        """#

    /// Last in the page: waits for the drawings, drags the space, tries every control, measures.
    static let check = #"""
        (async function () {
        const pause = ms => new Promise(resolve => setTimeout(resolve, ms));
        while (!document.documentElement.dataset.drawn) await pause(50);

        const plots = [...document.querySelectorAll('div.plot')];
        const marks = plot => plot.querySelectorAll('svg.main-svg').length
          && plot.querySelectorAll('svg .trace, svg .heatmaplayer image, svg .hm image, canvas, svg .bars .point, '
            + 'svg .boxlayer path').length;
        const report = plots.map(plot => ({
          id: plot.id, traces: (plot.data || []).length, drawings: marks(plot)}));

        // The camera as the scene has it, not as the layout remembers it.
        const turned = [];
        const space = plots.find(plot => plot._fullLayout && plot._fullLayout.scene);
        if (space) {
          space.scrollIntoView();
          const scene = space._fullLayout.scene._scene;
          const eye = () => { const e = scene.getCamera().eye; return [e.x, e.y, e.z]; };
          turned.push(eye());
          await pause(200);
          const box = space.getBoundingClientRect();
          const at = (x, buttons) => ({bubbles: true, cancelable: true, view: window, button: 0, buttons,
            clientX: box.left + x * box.width, clientY: box.top + box.height / 2});
          // Whatever lies under the pointer gets the event, as from a hand.
          const target = document.elementFromPoint(at(0.3, 0).clientX, at(0.3, 0).clientY);
          target.dispatchEvent(new MouseEvent('mousedown', at(0.3, 1)));
          for (let step = 0; step <= 10; step++) {
            target.dispatchEvent(new MouseEvent('mousemove', at(0.3 + 0.03 * step, 1)));
            await pause(30);
          }
          target.dispatchEvent(new MouseEvent('mouseup', at(0.6, 0)));
          await pause(300);
          turned.push(eye());
        }

        const controls = [];
        for (const panel of document.querySelectorAll('.panel')) {
          const first = panel.querySelector('div.plot');
          const count = () => (first.data || []).length;
          for (const control of panel.querySelectorAll('.control')) {
            const label = panel.dataset.charts + ', ' + control.textContent;
            const before = count();
            const select = control.querySelector('select');
            if (select) {
              for (const option of [...select.options]) {
                select.value = option.value;
                select.dispatchEvent(new Event('change'));
                await pause(60);
                controls.push({label: label + ' ' + option.label, before, after: count()});
              }
            }
            for (const button of control.querySelectorAll('button')) {
              button.click();
              await pause(60);
              controls.push({label: label + ' ' + button.textContent, before, after: count()});
            }
          }
        }

        // A click on a day by its date shows that day in every panel that shows one.
        const dates = plots.find(plot => plot.id.startsWith('dates'));
        const led = [];
        if (dates) {
          const name = dates.data[0].text[dates.data[0].text.length - 1];
          dates.emit('plotly_click', {points: [{text: name}]});
          await pause(300);
          led.push(name);
          for (const panel of document.querySelectorAll('.panel .chosen')) {
            if (/^(Session|Unit): /.test(panel.textContent)) led.push(panel.textContent);
          }
        }

        const inBox = element => element.closest('.scroll, nav, div.plot');
        const overflowing = [...document.querySelectorAll('body *')]
          .filter(e => !inBox(e) && e.getBoundingClientRect().right > innerWidth + 1)
          .map(e => e.tagName + ' ' + e.className);
        parent.postMessage(JSON.stringify({
          errors: heard.filter(text => !text.includes('Canvas2D')), plots: report, controls, turned,
          width: innerWidth, contentWidth: document.documentElement.scrollWidth, overflowing, led
        }), '*');
        })().catch(e => parent.postMessage(JSON.stringify({errors: ['' + e.stack], plots: [], controls: [],
          turned: [], width: 0, contentWidth: 0, overflowing: [], led: []}), '*'));
        """#
}
