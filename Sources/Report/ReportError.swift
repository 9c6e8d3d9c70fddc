public import Messages

/// What can go wrong with a report beside what can go wrong with what it shows.
public enum ReportError: ReportedError, Equatable {
    case noPlotly(looked: [String])
    case unreadablePlotly(path: String, reason: String)
    case noBrowser(looked: [String])
    case browserFailed(path: String, reason: String)
    case noOutputFolder(path: String, folder: String)

    /// What kind of trouble it is.
    public var category: ErrorCategory {
        if case .noOutputFolder = self { return .cannotCreate }
        return .unavailable
    }

    /// What is wrong, and what to do.
    public var description: String {
        switch self {
        case .noPlotly(let looked):
            "a report draws with plotly.js, which is not on this machine; looked for "
                + "\(looked.joined(separator: ", ")). Install Debian's package python3-plotly "
                + "(make install-dependencies), or `pip install plotly`, or name a plotly.min.js in "
                + "NEUROSTITCH_PLOTLY_JS"
        case .unreadablePlotly(let path, let reason):
            "plotly.js can't be read from \(path): \(reason); name a plotly.min.js in "
                + "NEUROSTITCH_PLOTLY_JS"
        case .noBrowser(let looked):
            "static figures are drawn by Chromium, which is not on this machine; looked for "
                + "\(looked.joined(separator: ", ")) in PATH. Install it (Debian's package chromium), "
                + "or name the program in NEUROSTITCH_CHROMIUM; the report itself needs none of it"
        case .browserFailed(let path, let reason):
            "\(path) drew no figures: \(reason)"
        case .noOutputFolder(let path, let folder):
            "can't write \(path): there is no folder \(folder)"
        }
    }
}
