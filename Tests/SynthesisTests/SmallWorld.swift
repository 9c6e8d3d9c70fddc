import Foundation
import Synthesis

/// A world that is quick to make: 3 days, 6 conditions of 10 trials, 30 bins, 5, 3 and 5 units.
func smallWorld(_ change: (inout LorenzSettings) -> Void = { _ in }) throws -> LorenzWorld {
    var settings = LorenzSettings()
    settings.conditions = 6
    settings.trialsPerCondition = 10
    settings.bins = 30
    settings.unitCounts = [5, 3]
    settings.seed = 11
    change(&settings)
    return try LorenzWorld(settings)
}

/// A fresh folder that is removed with everything in it.
func withSynthesisFolder(_ body: (_ folder: String) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory
        .appendingPathComponent("synthesis-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try body(folder)
}
