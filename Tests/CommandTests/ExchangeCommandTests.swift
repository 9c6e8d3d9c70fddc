import Foundation
import TestSupport
import Testing

/// `export`, `import` and `stitch --start-from` through the program: what they print, refuse and leave.
@Suite(.timeLimit(.minutes(5))) struct ExchangeCommandTests {
    private func trainedLab() throws -> Lab {
        let lab = try Lab.withSessions([0, 1])
        try lab.writeStitch()
        try lab.succeed("stitch", "toy.stitch.yaml")
        return lab
    }

    @Test func thereAndBackAndOn() throws {
        let lab = try trainedLab()
        let exported = try lab.succeed("export", "toy")
        #expect(exported.output.hasPrefix("session  read-in   read-out\nday0     readin.0  readout.0\n"))
        #expect(exported.output.contains("\nwrote toy-model.h5: "))
        let report = try #require(
            try lab.succeed("export", "toy", "-o", "again.h5", "--json").json() as? [String: Any])
        #expect(report["sessions"] as? [String] == ["day0", "day1"])
        #expect(try lab.bytes("again.h5") == lab.bytes("toy-model.h5"))

        let imported = try lab.succeed("import", "toy-model.h5", "--as", "back")
        #expect(imported.errors == "")
        #expect(imported.output.contains("\nrun back: "))
        let shown = try lab.succeed("runs", "show", "back").output
        #expect(shown.hasPrefix("run back: finished, imported from toy-model.h5\n"))
        #expect(shown.contains("\nparameters from toy-model.h5, SHA-256 "))
        #expect(shown.contains("\nno epochs: it was not trained here\n"))
        #expect(
            shown.components(separatedBy: "settings, as").last
                == (try lab.succeed("runs", "show", "toy").output).components(separatedBy: "settings, as")
                .last)
        for run in ["toy", "back"] {
            try lab.succeed("factors", run, "day1", "-o", "\(run).csv", "--quantity", "factors")
        }
        #expect(try lab.bytes("toy.csv") == lab.bytes("back.csv"))

        // Everything that takes a run takes this one.
        try lab.writeDay(2)
        try lab.succeed("register", "day2.session.yaml")
        try lab.succeed("extend", "back", "day2", "--epochs", "2")
        try lab.succeed("evaluate", "back")
        try lab.succeed("report", "back")
        try lab.succeed("report", "back-with-day2")
        try lab.succeed("runs")
        let resumed = try lab.run("stitch", "toy.stitch.yaml", "--run", "back", "--resume")
        #expect(resumed.status == 78)
        #expect(
            resumed.errors
                == "error: run back was imported: its file has no state of an optimiser to resume. Train on "
                + "from its parameters as another run, with `start_from: back` in the manifest\n"
                + "hint: --start-from back does what `start_from` does\n")

        try lab.write(
            try lab.text("toy.stitch.yaml").replacingOccurrences(
                of: "sessions: all", with: "sessions: [day0, day1]\nstart_from: back"),
            to: "on.stitch.yaml")
        let on = try lab.succeed("stitch", "on.stitch.yaml", "--run", "on")
        #expect(on.output.contains("\nstarts from the parameters of run back\n"))
        #expect(
            try lab.succeed("runs", "show", "on").output
                .contains("\nstarts from the parameters of run back\n"))
        try lab.succeed("stitch", "on.stitch.yaml", "--run", "option", "--start-from", "toy")
        for run in ["on", "option"] {
            try lab.succeed("factors", run, "day1", "-o", "\(run).csv", "--quantity", "factors")
        }
        #expect(try lab.bytes("on.csv") == lab.bytes("option.csv"))
        #expect(try lab.bytes("on.csv") != lab.bytes("toy.csv"))
        let single = try lab.run("stitch", "toy.stitch.yaml", "--single", "--start-from", "toy")
        #expect(single.status == 64)
    }

    @Test func whatIsRefusedLeavesNothing() throws {
        let lab = try trainedLab()
        try lab.succeed("export", "toy", "-o", "model.h5")
        let before = try lab.files()
        func expect(_ arguments: String..., status: Int32, _ words: String) throws {
            let outcome = try lab.run(arguments)
            #expect(outcome.status == status, "\(arguments)")
            #expect(outcome.errors == "error: \(words)\n")
            #expect(outcome.output == "")
            #expect(try lab.files() == before)
            #expect(try lab.files(in: "sessions/runs") == ["toy"])
        }
        try expect(
            "export", "tay", status: 66,
            "There is no run \"tay\" among the 1 there are; nearest: \"toy\".")
        try expect(
            "export", "toy", "--session", "day7", status: 66,
            "session day7 is not part of run toy; it was trained on day0, day1")
        try expect(
            "export", "toy", "-o", "nowhere/m.h5", status: 73,
            "nowhere/m.h5 can't be written: there is no folder nowhere; create it first")
        try expect(
            "import", "none.h5", "--as", "back", status: 66, "There is no file at none.h5.")
        try expect(
            "import", "toy.stitch.yaml", "--as", "back", status: 65,
            "toy.stitch.yaml is not an HDF5 file.")
        try expect(
            "import", "sessions/runs/toy/checkpoint.h5", "--as", "back", status: 65,
            "sessions/runs/toy/checkpoint.h5 holds no model: its format is neurostitch-checkpoint. A model "
                + "file has the parameters under params/ and the hyper-parameters as attributes of config/, as "
                + "an exported run has them\nhint: `neurostitch export` writes such files")
        try expect(
            "import", "model.h5", "--as", "back", "--sessions", "day1,day0", status: 65,
            "session day0 does not fit number 1 of model.h5: units 6 in the file, 5 in the registered "
                + "recording; register the recording that the model was trained on, or name the sessions in "
                + "the file's order\nhint: --sessions names them")
        try expect(
            "import", "model.h5", "--as", "back", "--sessions", "day1", status: 64,
            "model.h5 has 2 sessions, but 1 is named; name one registered session per readout.N, in order\n"
                + "hint: --sessions names them")
        try expect(
            "import", "model.h5", "--as", "toy", status: 65,
            "There is a run \"toy\" already (finished). Choose another name.")
        try expect(
            "stitch", "toy.stitch.yaml", "--run", "on", "--start-from", "toy", "--restarts", "3", status: 78,
            "training can't start from run toy: restarts asks for starts of its own; "
                + "give the new run the days and the model of that one\n"
                + "hint: `neurostitch runs show toy` shows the settings that fit it")
    }

    /// Extents cost a file nothing; a model of them would take all of the memory.
    @Test(.enabled(if: Python.hasHDF5)) func aModelThatIsLargerThanItsFileIsRefused() throws {
        let lab = try trainedLab()
        try lab.succeed("export", "toy", "-o", "model.h5")
        try lab.python(
            """
            import h5py, shutil
            def write(name, shapes, **config):
                shutil.copy("model.h5", name)
                with h5py.File(name, "r+") as file:
                    for tensor, shape in shapes.items():
                        del file["params"][tensor]
                        file["params"].create_dataset(
                            tensor, shape=shape, chunks=tuple(min(s, 64) for s in shape), dtype="f4")
                    file["config"].attrs.update(config)
            for power in [50, 62]:
                write(f"rows{power}.h5", {
                    "readout.0.bias": (2**power,), "readout.0.weight": (2**power, 3)})
            n, gates, cell = 16384, 3 * 16384, "decoder.rnn.cell."
            write("wide.h5", {
                cell + "gen_cell.weight_hh": (gates, n), cell + "gen_cell.bias_ih": (gates,),
                cell + "gen_cell.bias_hh": (gates,),
                cell + "fac_linear.weight": (3, n), "decoder.ic_to_g0.weight": (n, 3),
                "decoder.ic_to_g0.bias": (n,)}, gen_dim=n)
            """)
        for power in [50, 62] {
            let outcome = try lab.run("import", "rows\(power).h5", "--as", "rows")
            #expect(outcome.status == 65)
            #expect(
                outcome.errors
                    == "error: rows\(power).h5: params/readout.0.bias, beside the settings of config is of shape "
                    + "[\(1 << power)]; expected at most 1000000 rows, 1 for each of 1000000 units\n")
        }
        let wide = try lab.run("import", "wide.h5", "--as", "wide")
        #expect(wide.status == 65)
        #expect(
            wide.errors.hasPrefix("error: \"params\" in wide.h5 says that it takes 32"), "\(wide.errors)")
        #expect(try lab.run("runs", "show", "wide").status == 66)
    }
}
