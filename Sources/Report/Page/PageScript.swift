/// The page's own script: it reads the charts, draws them panel by panel with plotly, and draws again what the reader
/// chooses, here or by pointing at a day.
enum PageScript {
    static let source = #"""
        (function () {
        'use strict';
        const ink = '#1c2733', grid = '#e7ebef';
        const axis = {gridcolor: grid, linecolor: '#b8c2cc', tickcolor: '#b8c2cc',
          zerolinecolor: '#c9d1d9', title: {standoff: 8, font: {size: 12}}};
        const sceneAxis = {showbackground: false, gridcolor: '#dfe4e9', zerolinecolor: '#c9d1d9',
          tickfont: {size: 10}, title: {font: {size: 12}}};
        const common = {
          font: {family: 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", sans-serif',
            size: 12, color: ink},
          paper_bgcolor: '#ffffff', plot_bgcolor: '#ffffff', hovermode: 'closest',
          hoverlabel: {font: {size: 12}}, autosize: true, uirevision: 'kept',
          margin: {l: 60, r: 14, t: 10, b: 44},
          legend: {orientation: 'h', x: 0, y: 1.02, xanchor: 'left', yanchor: 'bottom',
            font: {size: 11}, itemsizing: 'trace'}
        };
        // Buttons over a flat chart would hide its legend; turning needs its own.
        const configOf = (chart, isNarrow) => ({responsive: true, displaylogo: false, topojsonURL: '',
          plotlyServerURL: '', displayModeBar: Boolean(chart.layout.scene) && !isNarrow,
          modeBarButtonsToRemove: ['zoom3d', 'resetCameraLastSave3d', 'hoverClosest3d']});

        function merged(base, extra) {
          const out = Object.assign({}, base);
          for (const key of Object.keys(extra || {})) {
            const both = [out[key], extra[key]];
            out[key] = both.every(v => v && typeof v === 'object' && !Array.isArray(v))
              ? merged(both[0], both[1]) : extra[key];
          }
          return out;
        }

        function layoutOf(chart, picked, isNarrow) {
          let own = chart.layout;
          if (chart.optionLayouts) own = merged(own, chart.optionLayouts[picked[chart.optionChoice]]);
          let layout = merged(common, own);
          for (const key of ['xaxis', 'yaxis', 'yaxis2']) {
            if (!layout[key] && key === 'yaxis2') continue;
            layout[key] = merged(axis, layout[key]);
            // Names need room; numbers have it, and margins that follow them may never settle.
            layout[key].automargin = Boolean(layout[key].ticktext)
              || layout[key].type === 'category' || layout[key].showticklabels === false;
          }
          if (layout.yaxis2) layout.margin = merged(layout.margin, {r: 62});
          if (layout.scene) {
            layout.margin = {l: 0, r: 0, t: 0, b: 0};
            const far = isNarrow ? 1.7 : 1.25;
            layout.scene = merged({camera: {eye: {x: far, y: far, z: 0.6 * far}, center: {x: 0, y: 0, z: -0.12}},
              xaxis: sceneAxis, yaxis: sceneAxis, zaxis: sceneAxis}, layout.scene);
          }
          // There is no room beside a title.
          if (isNarrow) layout.legend = merged(layout.legend, {title: {text: ''}});
          return layout;
        }

        function tracesOf(chart, picked) {
          return chart.data
            .filter(t => !t.choice || t.choice.every((c, i) => c === null || c === picked[i]))
            .map(t => t.variants ? Object.assign({}, t, t.variants[picked[t.variantChoice]]) : t);
        }

        // A button for a few options, a menu for many. What is chosen elsewhere is shown by `show`.
        function control(choice, chosen) {
          const group = document.createElement('div');
          group.className = 'control';
          const label = document.createElement('span');
          label.textContent = choice.label;
          group.append(label);
          if (choice.kind === 'menu') {
            const select = document.createElement('select');
            select.setAttribute('aria-label', choice.label);
            choice.options.forEach((option, place) => select.append(new Option(option, place)));
            select.addEventListener('change', () => chosen(Number(select.value)));
            group.append(select);
            return {group, show: place => { select.value = place; }};
          }
          const buttons = choice.options.map((option, place) => {
            const button = document.createElement('button');
            button.type = 'button';
            button.textContent = option;
            button.addEventListener('click', () => chosen(place));
            group.append(button);
            return button;
          });
          const show = place => buttons.forEach((b, i) => b.setAttribute('aria-pressed', i === place));
          show(0);
          return {group, show};
        }

        async function contentOf(id) {
          const script = document.getElementById(id);
          if (script.type === 'application/json') return JSON.parse(script.textContent);
          const bytes = Uint8Array.from(atob(script.textContent), c => c.charCodeAt(0));
          script.textContent = '';
          const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate'));
          return new Response(stream).json();
        }

        // Panels that show one session after the other: each is told its name, and answers with itself if it has it.
        const sessionPanels = [];
        function showSession(name) {
          const shown = sessionPanels.map(show => show(name)).filter(panel => panel);
          if (shown.length > 0) shown[0].closest('section').scrollIntoView({behavior: 'smooth'});
        }

        async function build(panel) {
          const id = panel.dataset.charts;
          const say = panel.querySelector('.chosen');
          let content;
          try { content = await contentOf(id); } catch (error) {
            say.textContent = 'This browser is too old for these charts: ' + error.message;
            say.style.display = 'block';
            return;
          }
          const picked = content.choices.map(() => 0);
          const plots = content.charts.map((chart, i) => document.getElementById(id + '-' + i));
          const draw = i => {
            const chart = content.charts[i], isNarrow = plots[i].clientWidth < 600;
            return Plotly.react(plots[i], tracesOf(chart, picked),
              layoutOf(chart, picked, isNarrow && chart.layout.scene), configOf(chart, isNarrow));
          };
          const tell = () => {
            say.textContent =
              content.choices.map((c, i) => c.label + ': ' + c.options[picked[i]]).join(' · ');
          };
          content.choices.forEach((choice, index) => {
            const set = place => {
              picked[index] = place;
              shown.show(place);
              tell();
              plots.forEach((plot, i) => draw(i));
            };
            const shown = control(choice, set);
            if (choice.options.length > 1) panel.querySelector('.controls').append(shown.group);
            if (choice.isOfSessions) sessionPanels.push(name => {
              const place = choice.options.findIndex(o => o === name || o.startsWith(name + ', '));
              if (place < 0) return null;
              if (place !== picked[index]) set(place);
              return panel;
            });
          });
          tell();
          for (let i = 0; i < plots.length; i++) {
            await draw(i);
            if (content.charts[i].leadsToSessions) {
              plots[i].on('plotly_click', event => showSession(event.points[0].text));
            }
            // The page answers while it draws.
            await new Promise(resolve => setTimeout(resolve, 0));
          }
        }

        async function buildAll() {
          const panels = document.querySelectorAll('.panel');
          for (const panel of panels) await build(panel);
          document.documentElement.dataset.drawn = document.querySelectorAll('div.plot').length || 'none';
        }
        buildAll();

        // On paper the charts are as wide as its narrower sheets, A4, leave them.
        function fit(isPaper) {
          document.body.classList.toggle('paper', isPaper);
          // At once: what plotly puts off until later comes after the printer.
          document.querySelectorAll('div.plot').forEach(plot => {
            if (plot.data) Plotly.relayout(plot, isPaper
              ? {autosize: false, width: plot.clientWidth} : {autosize: true, width: null});
          });
        }
        addEventListener('beforeprint', () => fit(true));
        addEventListener('afterprint', () => fit(false));
        })();
        """#
}
