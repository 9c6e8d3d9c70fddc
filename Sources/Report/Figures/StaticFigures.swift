import ArrayFiles
import Foundation

/// The main figures of a page as files for papers, drawn by the page itself in a browser.
public enum StaticFigures {
    /// Draws a page's main figures into a folder, which is made where it is missing.
    ///
    /// - Returns: the files, an SVG and a PNG a figure.
    /// - Throws: `ReportError.noBrowser`, `.browserFailed`, `ArrayFileError.cannotWrite`
    public static func write(_ page: ReportPage, to folder: String) throws -> [String] {
        try write(page, to: folder, browser: HeadlessBrowser())
    }

    static func write(
        _ page: ReportPage, to folder: String, browser: HeadlessBrowser
    ) throws -> [String] {
        let manager = FileManager.default
        do {
            try manager.createDirectory(atPath: folder, withIntermediateDirectories: true)
        } catch {
            throw ArrayFileError.cannotWrite(path: folder, reason: error.localizedDescription)
        }
        let copy = manager.temporaryDirectory.appendingPathComponent(
            "report-\(UUID().uuidString).html")
        defer { try? manager.removeItem(at: copy) }
        try Data(adding(script, to: page.html()).utf8).write(to: copy)
        let document = try browser.open(copy.path).document
        guard let drawn = try drawings(in: document) else {
            throw ReportError.browserFailed(path: browser.path, reason: "the page was never ready")
        }
        return try drawn.sorted { $0.key < $1.key }.map { name, data in
            let path = "\(folder)/\(name)"
            guard let bytes = Data(base64Encoded: data), !bytes.isEmpty else {
                throw ReportError.browserFailed(path: browser.path, reason: "\(name) is empty")
            }
            try AtomicFile.write(bytes, to: path)
            return path
        }
    }

    /// A page with one script more at its end.
    static func adding(_ script: String, to html: String) -> String {
        html.replacingOccurrences(
            of: "</body>\n</html>", with: "<script>\(script)</script>\n</body>\n</html>")
    }

    private static func drawings(in document: String) throws -> [String: String]? {
        guard let start = document.range(of: "<pre id=\"drawings\">"),
            let end = document.range(of: "</pre>", range: start.upperBound..<document.endIndex)
        else { return nil }
        return try JSONDecoder().decode(
            [String: String].self, from: Data(document[start.upperBound..<end.lowerBound].utf8))
    }

    /// Waits until the page has drawn everything, takes its figures, and leaves nothing but them.
    private static let script = #"""
        (async function () {
        while (!document.documentElement.dataset.drawn) await new Promise(r => setTimeout(r, 50));
        const drawings = {};
        for (const plot of document.querySelectorAll('.plot[data-figure]')) {
          const is3D = Boolean(plot._fullLayout && plot._fullLayout.scene);
          const size = {width: is3D ? 900 : 800, height: is3D ? 700 : plot.clientHeight + 100};
          for (const format of ['svg', 'png']) {
            const url = await Plotly.toImage(plot, Object.assign({format, scale: format === 'png' ? 2 : 1}, size));
            const comma = url.indexOf(',');
            const data = url.slice(comma + 1);
            drawings[plot.dataset.figure + '.' + format] = url.slice(0, comma).includes('base64')
              ? data : btoa(unescape(encodeURIComponent(decodeURIComponent(data))));
          }
        }
        document.head.textContent = '';
        document.body.textContent = '';
        const result = document.createElement('pre');
        result.id = 'drawings';
        result.textContent = JSON.stringify(drawings);
        document.body.append(result);
        })();
        """#
}
