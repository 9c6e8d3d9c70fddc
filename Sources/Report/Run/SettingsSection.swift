import Evaluation
import Foundation
import Stitching

/// How to make this run, and this page, again.
enum SettingsSection {
    static func section(_ material: RunMaterial, _ plotly: PlotlyLibrary) -> PageSection {
        var section = PageSection(
            id: "settings", title: "Settings and provenance",
            look: "The manifest that asks for just this run, and what it was made of.")
        let run = material.run
        let settings = material.settings
        var facts: [(key: String, value: String)] = [
            ("status", run.status.rawValue + (run.message.map { ", \($0)" } ?? "")),
            ("epochs", "\((run.lastEpoch ?? -1) + 1) of at most \(settings.training.epochs)"),
            ("best epoch", material.bestEpoch.map(String.init) ?? "–"),
            (
                "seed",
                "\(run.seed)"
                    + (settings.restarts > 1
                        ? ", the best of \(settings.restarts) starts from \(settings.firstSeed)" : "")
            ),
            (settings.startFrom == nil ? "extends" : "parent", run.parent ?? "no run"),
            ("started", run.createdAt), ("ended", run.finishedAt ?? "–"),
            (
                settings.imported == nil ? "trained by" : "imported by",
                "neurostitch \(run.version)"
            ),
            (
                "evaluated by",
                "neurostitch \(material.evaluation.version), on \(material.evaluation.part.title)"
            ),
        ]
        if let imported = settings.imported {
            facts.append(("model file", "\(imported.file), SHA-256 \(imported.fileHash)"))
        }
        facts.append(("drawn by", "plotly.js \(plotly.version)"))
        let groups =
            [("run", facts), ("manifest", settings.topEntries.map { ($0.key, $0.value.description) })]
            + settings.sections.map { section in
                (section.name, section.entries.map { ($0.key, $0.value.description) })
            }
        section.blocks = [
            .html(
                "<div class=\"columns\">"
                    + groups.map { name, entries in
                        "<div><h3>\(HTML.escaped(name))</h3>" + HTML.definitions(entries) + "</div>"
                    }.joined() + "</div>"),
            .html("<h3>Sessions</h3>" + sessions(material)),
        ]
        return section
    }

    private static func sessions(_ material: RunMaterial) -> String {
        HTML.table(
            [
                "session", "revision", "subject", "date", "units", "trials", "conditions", "bins",
                "bin (ms)", "content hash",
            ],
            material.sessions.map { session in
                [
                    .text(session.name),
                    .text("\(session.revision)" + (session.isCurrent ? "" : " (there is a newer one)")),
                    .text(session.subject), .text(session.date), .number("\(session.unitCount)"),
                    .number("\(session.trialCount)"), .number("\(session.conditionCount)"),
                    .number("\(session.binCount)"), .number("\(session.binMilliseconds)"),
                    .html("<code>\(HTML.escaped(session.contentHash))</code>"),
                ]
            })
    }
}
