import Foundation
import Neurostitch
import Ranks

/// What the pages of the library's documentation show (`Sources/*/*.docc`), for the compiler: a test compares
/// them with these lines. Nobody runs them; `JourneyTests` runs the like.
struct Pages {
    let registry: SessionRegistry
    let manifest: StitchManifest
    let path: String
    let recording: Recording
    let world: LorenzWorld
    let day: TrainedDay
    let factors: TrialArray
    let chosen: [Int]
    let values: [Float]
    let counts: [[Float]]
    let bins: [[Float]]

    func evaluatingARun1() throws {
        let outcome = try EvaluationJourney.evaluate(run: "jango", in: registry)
        for session in outcome.evaluation.sessions {
            print(session.name, session[.bitsPerSpike] ?? .nan, session[.acrossFromFactors] ?? .nan)
        }
    }

    func evaluatingARun2() throws {
        var options = RunEvaluation.Options()
        options.channels = ["force_x", "force_y"]
        options.lagMilliseconds = 40  // behaviour follows the activity
        options.unitCounts = [10, 25, 50]  // what fewer units would give
        let outcome = try EvaluationJourney.evaluate(run: "jango", in: registry, options: options)
        _ = outcome
    }

    func evaluatingARun3() throws {
        let outcome = try EvaluationJourney.evaluate(run: "jango", in: registry, against: .run("jango-2"))
        for row in outcome.comparison?.rows ?? [] { print(row.session, row.key.name, row.value, row.other) }
    }

    func evaluatingARun4() throws {
        let day = try InferredDay(TrainedRun("jango", in: registry).day("jango-2016-06-26"))
        let means = ConditionMeans(day.factors, labels: day.conditions, trials: day.heldOutTrials)
        let rotation = try day.rotationOfFactors(means)
        print(rotation?.skewR2 ?? .nan)
    }

    func trainingOnArrays1() throws {
        let counts = TrialArray(
            trials: TrialAxis(count: 100), bins: BinAxis(count: 50, milliseconds: 20),
            columns: ColumnAxis(.unit, count: 30), values: values)
        let session = try SessionTrials(
            name: "monday", counts: counts, encodedUnitCount: 30,
            trainingTrials: Array(0..<80), validationTrials: Array(80..<100))

        let configuration = ModelConfiguration(encodedBinCount: 50, binCount: 50)
        let model = try StitchedModel(configuration, sessions: [session.shape], startingFrom: 1, threads: 4)
        let training = try StitchedTraining(model, [session], TrainingConfiguration(), seed: 1)
        while !training.isFinished {
            let epoch = try training.runEpoch()
            print(epoch.epoch, epoch.validation)
        }
        model.setParameters(training.bestParameters)

        let factors = try model.infer(session, chosen: [0, 1, 2], quantities: .factors).factors
        _ = factors
    }

    func messages1() throws {
        do {
            _ = try StitchJourney.stitch(manifest, in: registry)
        } catch let error as any ReportedError {
            print(error)
            if error.category == .temporary { print("try again later") }
        }
    }

    func aNewDay1() throws {
        _ = try RegisterJourney.register(manifest: "manifests/jango-2016-07-25.yaml", in: registry)
        let extended = try ExtendJourney.extend(run: "jango", by: "jango-2016-07-25", in: registry)
        print(extended.run, extended.alignedBitsPerSpike ?? .nan, extended.bitsPerSpike ?? .nan)

        let day = try TrainedRun(extended.run, in: registry).day(extended.session)
        let factors = try day.infer(.factors).factors
        _ = factors
    }

    func aNewDay2() throws {
        var options = ExtendJourney.Options()
        options.usesLabels = false
        options.name = "jango-blind"
        let extended = try ExtendJourney.extend(
            run: "jango", by: "jango-2016-07-25", in: registry, options: options)
        _ = extended
    }

    func aNewDay3() throws {
        let fits = try ExtendJourney.measureLearningCurve(
            run: "jango", by: "jango-2016-07-25", trials: [10, 20, 40], in: registry,
            options: ExtendJourney.Options())
        for fit in fits { print(fit.trainingTrials, fit.bitsPerSpike ?? .nan) }
    }

    func aNewDay4() throws {
        let monitor = try DriftMonitor(run: "jango", in: registry, options: DriftMonitor.Options())
        let report = try monitor.judge("jango-2016-07-25")
        print(report.verdict.rawValue, report.reasons)
    }

    func exchangingModels1() throws {
        let written = try ExportJourney.export(run: "jango", sessions: [], to: "model.h5", in: registry)
        print(written.sessions)  // readin.0, readin.1, … in this order
    }

    func exchangingModels2() throws {
        let imported = try ImportJourney.importModel(
            from: "state.h5", as: "from-torch", sessions: ["jango-2016-06-26", "jango-2016-07-11"],
            in: registry, threads: 4)
        for warning in imported.warnings { print(warning) }
    }

    func exchangingModels3() throws {
        let manifest = StitchManifest(
            run: "on", sessions: .names(["jango-2016-06-26", "jango-2016-07-11"]), startFrom: "from-torch")
        _ = manifest
    }

    func queryingFactors1() throws {
        let run = try TrainedRun("jango", in: registry)
        let day = try run.day("jango-2016-06-26")
        let inferred = try day.infer([.factors, .rates])
        if let factors = inferred.factors {
            print(factors.shape)  // [trials, bins, factors]
            print(factors[0, 10, 2])  // trial 0, bin 10, factor 2
            print(factors.trials.conditions[0] ?? "no label")
        }
    }

    func queryingFactors2() throws {
        let chosen = try TrialSelection("valid").trials(of: day.recording)
        let heldOut = try day.infer(.factors, trials: chosen)
        _ = heldOut
    }

    func queryingFactors3() throws {
        let sampled = try day.infer(.factors, estimate: .samples(count: 50, seed: 1))
        print(sampled.factorDeviations?.shape ?? [])
    }

    func queryingFactors4() throws {
        let file = try FactorFile(day, trials: chosen, quantities: [.factors, .rates])
        try file.write(to: "factors.h5", as: .hdf5)
    }

    func queryingFactors5() throws {
        let stream = try TrialStream(day)
        let answer = try stream.infer(counts: counts)  // a row for each bin
        print(answer.factors.shape, answer.means.shape)

        var window = stream.emptyWindow
        if let newest = try stream.infer(newest: bins, in: &window) {
            print(newest.factors[0, newest.bins.upperBound - 1])  // factors of the last bin
        }
    }

    func registeringADay1() throws {
        let registry = try SessionRegistry.create(at: "sessions")
        let registration = try RegisterJourney.register(
            manifest: "manifests/jango-2016-06-26.yaml", in: registry)
        print(registration.session.name, registration.session.unitCount)
    }

    func registeringADay2() throws {
        let registration = try RegisterJourney.register(manifest: path, in: registry, reading: .thisProcess)
        _ = registration
    }

    func registeringADay3() throws {
        let recording = Recording(
            session: "jango-2016-06-26", subject: "Jango", date: "2016-06-26",
            binMilliseconds: 20, trialCount: 2, binCount: 3,
            units: [Recording.Unit(name: "elec1"), Recording.Unit(name: "elec2")],
            values: [0, 1, 2, 0, 1, 1, 0, 0, 1, 0, 3, 1],  // [trials, bins, units]
            trials: [
                Recording.Trial(identifier: 1, condition: "left", split: .train),
                Recording.Trial(identifier: 2, condition: "left", split: .valid),
            ])
        let registration = try RegisterJourney.register(recording, in: registry)
        _ = registration
    }

    func registeringADay4() throws {
        let sessions = try registry.sessions(matching: .filter(subject: "Jango"))
        let units = try registry.units(of: sessions[0])
        let recording = try registry.recording(of: sessions[0])
        _ = units
        _ = recording
    }

    func stitchingDays1() throws {
        var manifest = StitchManifest(run: "jango", sessions: .filter(subject: "Jango"), seed: 1)
        manifest.model.factorCount = 8
        manifest.training.epochs = 200
        let outcome = try StitchJourney.stitch(manifest, in: registry) { event in
            if case .epoch(let epoch, _, _) = event { print(epoch.summary.epoch, epoch.summary.validation) }
        }
        print("best epoch \(outcome.bestEpoch), agreement \(outcome.agreement ?? .nan)")
        _ = outcome
    }

    func stitchingDays2() throws {
        let aligned = try StitchJourney.align(manifest, in: registry)
        for day in aligned.days {
            print(day.session, day.heldOutR2, day.conditionAgreement ?? .nan, day.warnings)
        }
    }

    func stitchingDays3() throws {
        let outcome = try StitchJourney.stitch(
            manifest, in: registry, options: StitchJourney.Options(resume: true))
        _ = outcome
    }

    func stitchingDays4() throws {
        for single in manifest.singles(try registry.sessions(matching: manifest.sessions)) {
            let outcome = try StitchJourney.stitch(single, in: registry)
            print(outcome.run, outcome.bitsPerSpike)
        }
    }

    func syntheticDays1() throws {
        var settings = LorenzSettings()
        settings.sessions = 4
        settings.conditions = 12
        settings.unitCounts = [30, 24]  // by turns
        settings.keptShare = 0.5  // half of a day's units are there on the next
        let world = try LorenzWorld(settings)
        _ = world
    }

    func syntheticDays4() throws {
        var months = ReachingSettings.months(sessions: 22)  // three months of one array
        months.mirroredSession = 4  // whose labels are wrong
        let array = try ReachingWorld(months)
        let fifth = try array.recording(day: 4)
        _ = fifth
    }

    func syntheticDays2() throws {
        for recording in try world.recordings() {
            _ = try RegisterJourney.register(recording, in: registry)
        }
    }

    func syntheticDays3() throws {
        let files = try world.write(to: "incoming", manifests: "manifests")
        for day in files.days { _ = try RegisterJourney.register(manifest: day.manifest, in: registry) }
        let manifest = try StitchManifest(contentsOf: files.stitchManifest)
        _ = manifest
    }

    func arraysOfTrials1() throws {
        guard let factors = try day.infer(.factors).factors else { return }
        print(factors.shape)  // [trials, bins, factors]
        print(factors[3, 10, 0])  // trial 3, bin 10, column 0
        print(factors.columns.names)  // factor_0, factor_1, …
        print(factors.bins.starts)  // start of every bin, milliseconds
    }

    func arraysOfTrials2() throws {
        for value in factors[trial: 3] { print(value) }  // [bins, columns]
        for value in factors[3, 10] { print(value) }  // [columns]
    }

    func arraysOfTrials3() throws {
        let left = factors.trials.conditions.indices.filter { factors.trials.conditions[$0] == "left" }
        let some = factors.selecting(trials: left).selecting(columns: [0, 1]).leading(bins: 50)
        _ = some
    }

    func arraysOfTrials4() throws {
        let counts = recording.countArray
        let wide = counts.joiningBins(by: 2, as: .sum)  // 20 ms from 10 ms
        _ = wide
    }

    func arraysOfTrials5() throws {
        let array = TrialArray(
            trials: TrialAxis(conditions: ["left", "right"]), bins: BinAxis(count: 2, milliseconds: 20),
            columns: ColumnAxis(.unit, names: ["elec1", "elec2"]), values: [0, 1, 2, 0, 1, 1, 0, 0])
        _ = array
    }

    func neurostitch1() throws {
        let registry = try SessionRegistry.create(at: "sessions")
        for day in ["monday", "tuesday"] {
            _ = try RegisterJourney.register(manifest: "manifests/\(day).yaml", in: registry)
        }
        let manifest = StitchManifest(run: "week", sessions: .all)
        let outcome = try StitchJourney.stitch(manifest, in: registry)
        print("best epoch \(outcome.bestEpoch)")

        let day = try TrainedRun("week", in: registry).day("monday")
        let factors = try day.infer(.factors).factors  // [trials, bins, factors]
        _ = outcome
        _ = factors
    }

    func ranks1() throws {
        if let launch = LaunchedProcess.current, launch.count > 1 {
            let job = try ParallelJob(launch)
            defer { job.end() }
            if job.rank == 0 { try job.send(Data("hello".utf8), to: 1, as: 1) }
        }
    }
}
