/// A run `toy` of two days, trained once for all tests that only ask it; they write their files
/// under names of their own.
enum TrainedLab {
    private static let lab = Result { () throws -> Lab in
        let lab = try Lab.withSessions([0, 1])
        try lab.writeStitch()
        try lab.succeed("stitch", "toy.stitch.yaml")
        try lab.writeDay(2)
        try lab.succeed("register", "day2.session.yaml")
        return lab
    }

    static func get() throws -> Lab { try lab.get() }
}
