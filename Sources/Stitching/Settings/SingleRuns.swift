public import Registry

extension StitchManifest {
    /// One manifest per session for models of single days, to compare a stitched run with.
    ///
    /// The same settings. Of a batch that the manifest asks for, the same share: a single-day model meets as many
    /// of its day's trials in an update as the stitched one does, so that equal numbers of updates compare. What the
    /// manifest leaves open follows from each day by itself, as for any run of one day.
    public func singles(_ sessions: [SessionRecord]) -> [StitchManifest] {
        sessions.map { session in
            var single = self
            single.run = StitchManifest.singleRunName(of: run, session: session.name)
            single.sessions = .names([session.name])
            single.holdOut = holdOut.restricted(toSessions: [session.name])
            // A model that all days made is no single day's.
            single.startFrom = nil
            guard given.training.contains("batch_size") else { return single }
            single.training.batchSize = max(1, training.batchSize / max(sessions.count, 1))
            // Writing into the section counted it as given as a whole.
            single.given = given
            return single
        }
    }

    /// The name of a model of one session: `RUN-single-SESSION`.
    public static func singleRunName(of run: String, session: String) -> String {
        "\(run)-single-\(session)"
    }
}
