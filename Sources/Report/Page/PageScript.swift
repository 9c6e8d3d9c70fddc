/// The page's own script: it reads the charts, draws them one after another with plotly, and draws
/// again what the reader chooses.
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

        // A button for a few options, a menu for many.
        function control(choice, index, picked, changed) {
          const group = document.createElement('div');
          group.className = 'control';
          const label = document.createElement('span');
          label.textContent = choice.label;
          group.append(label);
          if (choice.kind === 'menu') {
            const select = document.createElement('select');
            select.setAttribute('aria-label', choice.label);
            choice.options.forEach((option, place) => select.append(new Option(option, place)));
            select.addEventListener('change', () => {
              picked[index] = Number(select.value);
              changed();
            });
            group.append(select);
          } else {
            const buttons = choice.options.map((option, place) => {
              const button = document.createElement('button');
              button.type = 'button';
              button.textContent = option;
              button.addEventListener('click', () => {
                picked[index] = place;
                buttons.forEach((b, i) => b.setAttribute('aria-pressed', i === place));
                changed();
              });
              button.setAttribute('aria-pressed', place === 0);
              group.append(button);
              return button;
            });
          }
          return group;
        }

        const drawings = [];
        for (const panel of document.querySelectorAll('.panel')) {
          const id = panel.dataset.charts;
          const content = JSON.parse(document.getElementById(id).textContent);
          const picked = content.choices.map(() => 0);
          const plots = content.charts.map((chart, i) => document.getElementById(id + '-' + i));
          const say = () => {
            panel.querySelector('.chosen').textContent =
              content.choices.map((c, i) => c.label + ': ' + c.options[picked[i]]).join(' · ');
          };
          const draw = i => {
            const chart = content.charts[i], isNarrow = plots[i].clientWidth < 600;
            return Plotly.react(plots[i], tracesOf(chart, picked),
              layoutOf(chart, picked, isNarrow && chart.layout.scene), configOf(chart, isNarrow));
          };
          content.choices.forEach((choice, index) => {
            if (choice.options.length < 2) return;
            panel.querySelector('.controls').append(control(choice, index, picked, () => {
              say();
              plots.forEach((plot, i) => draw(i));
            }));
          });
          say();
          plots.forEach((plot, i) => drawings.push(() => draw(i)));
        }

        // One after another, so that the page answers while it draws.
        async function drawAll() {
          for (const draw of drawings) {
            await draw();
            await new Promise(resolve => setTimeout(resolve, 0));
          }
          document.documentElement.dataset.drawn = drawings.length;
        }
        drawAll();

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
