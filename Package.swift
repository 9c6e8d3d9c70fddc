// swift-tools-version: 6.0
import PackageDescription

// Imports are internal by default, so that no room leaks what it imports to the rooms above it.
let strictImports: [SwiftSetting] = [.enableUpcomingFeature("InternalImportsByDefault")]

func room(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: strictImports)
}

func tests(_ name: String, _ dependencies: [Target.Dependency], resources: [Resource] = []) -> Target {
    .testTarget(
        name: name, dependencies: dependencies, resources: resources, swiftSettings: strictImports)
}

let package = Package(
    name: "neurostitch",
    products: [
        .executable(name: "neurostitch", targets: ["neurostitch"]),
        .executable(name: "neurostitch-benchmark", targets: ["neurostitch-benchmark"]),
        // For other programs: everything, or the rooms that one needs.
        .library(name: "Neurostitch", targets: ["Neurostitch"]),
        .library(name: "TrialArrays", targets: ["TrialArrays"]),
        .library(name: "Recordings", targets: ["Recordings"]),
        .library(name: "Synthesis", targets: ["Synthesis"]),
        .library(name: "Registry", targets: ["Registry"]),
        .library(name: "Stitching", targets: ["Stitching"]),
        .library(name: "Evaluation", targets: ["Evaluation"]),
    ],
    dependencies: [
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", from: "0.2.0"),
    ],
    targets: [
        // C libraries of the system, and our own pointwise loops.
        .systemLibrary(
            name: "COpenBLAS", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev"])]),
        .systemLibrary(name: "CHDF5", pkgConfig: "hdf5", providers: [.apt(["libhdf5-dev"])]),
        .systemLibrary(
            name: "COpenSSL", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CMatIO", pkgConfig: "matio", providers: [.apt(["libmatio-dev"])]),
        .systemLibrary(name: "CZip", pkgConfig: "libzip", providers: [.apt(["libzip-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .target(name: "CKernels"),

        // The rooms, from the ground up. Nobody imports upwards.
        room("Messages", []),
        room("Ranks", ["Messages"]),
        room("TrialArrays", ["Messages"]),
        room("LinearAlgebra", ["COpenBLAS", "CKernels", "Messages"]),
        room("ArrayFiles", ["CHDF5", "CMatIO", "CZip", "COpenSSL", "Messages"]),
        room("Recordings", ["ArrayFiles", "TrialArrays", "Messages"]),
        room("LFADS", ["TrialArrays", "LinearAlgebra", "CKernels", "Messages"]),
        room("ModelCases", ["LFADS"]),
        room(
            "Registry",
            [
                "Recordings", "ArrayFiles", "Messages",
                .product(name: "GRDB", package: "GRDB.swift"), "Yams",
            ]),
        room("Alignment", ["TrialArrays", "LinearAlgebra", "LFADS", "Messages"]),
        room("Synthesis", ["Recordings", "ArrayFiles", "LinearAlgebra", "Messages"]),
        room(
            "Stitching",
            [
                "Alignment", "Registry", "Recordings", "ArrayFiles", "LFADS", "LinearAlgebra", "TrialArrays",
                "Ranks", "Messages",
            ]),
        room(
            "Search",
            [
                "Stitching", "Ranks", "Alignment", "Registry", "Recordings", "ArrayFiles", "LFADS",
                "LinearAlgebra",
                "Messages",
            ]),
        room(
            "Evaluation",
            [
                "Stitching", "Alignment", "Registry", "Recordings", "ArrayFiles", "LFADS", "LinearAlgebra",
                "TrialArrays", "Messages",
            ]),
        room(
            "Report",
            [
                "CZlib",
                "Evaluation", "Stitching", "Alignment", "Registry", "Recordings", "ArrayFiles",
                "LinearAlgebra", "TrialArrays", "Messages",
            ]),
        .target(
            name: "Neurostitch",
            dependencies: [
                "Alignment", "Evaluation", "LFADS", "LinearAlgebra", "Messages", "Recordings", "Registry",
                "Search", "Stitching",
                "Synthesis", "TrialArrays",
            ],
            path: "Sources/Umbrella", swiftSettings: strictImports),
        .executableTarget(
            name: "neurostitch",
            dependencies: [
                "Report", "Evaluation", "Search", "Ranks", "Stitching", "Alignment", "Synthesis", "Registry",
                "Recordings",
                "ArrayFiles", "LFADS", "LinearAlgebra", "Messages",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Histogram", package: "hdrhistogram-swift"),
            ],
            swiftSettings: strictImports),

        .target(name: "CAllocationCount"),
        .executableTarget(
            name: "neurostitch-benchmark",
            dependencies: [
                "LFADS", "ModelCases", "LinearAlgebra", "TrialArrays", "CKernels", "COpenBLAS",
                "CAllocationCount",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: strictImports),

        // What several of the tests stand on: temporary folders, small worlds and registries, comparisons.
        .target(
            name: "TestSupport",
            dependencies: ["Report", "Stitching", "Synthesis", "Registry", "Recordings", "ArrayFiles"],
            path: "Tests/TestSupport", swiftSettings: strictImports),
        tests("LinearAlgebraTests", ["LinearAlgebra", "CKernels"]),
        tests("TrialArraysTests", ["TrialArrays"]),
        tests("RanksTests", ["Ranks"]),
        tests("ArrayFilesTests", ["ArrayFiles", "TestSupport"], resources: [.copy("Fixtures")]),
        tests(
            "RecordingsTests", ["Recordings", "ArrayFiles", "TrialArrays", "TestSupport"],
            resources: [.copy("Fixtures")]),
        tests(
            "RegistryTests",
            [
                "Registry", "Recordings", "ArrayFiles", "TestSupport",
                .product(name: "GRDB", package: "GRDB.swift"),
            ]),
        tests(
            "LFADSTests",
            ["LFADS", "ModelCases", "LinearAlgebra", "TrialArrays", "ArrayFiles", "TestSupport"],
            resources: [.copy("Parity")]),
        tests("SynthesisTests", ["Synthesis", "Recordings", "Registry", "LinearAlgebra", "TestSupport"]),
        tests(
            "StitchingTests",
            [
                "Stitching", "Synthesis", "Registry", "Recordings", "LFADS", "LinearAlgebra", "ArrayFiles",
                "Alignment", "Messages", "TrialArrays", "TestSupport",
            ],
            resources: [.copy("Fixtures")]),
        tests(
            "SearchTests",
            ["Search", "Stitching", "Registry", "Recordings", "LinearAlgebra", "TestSupport"]),
        tests(
            "EvaluationTests",
            [
                "Evaluation", "Stitching", "Synthesis", "Registry", "Recordings", "LFADS", "LinearAlgebra",
                "TrialArrays", "TestSupport",
            ],
            resources: [.copy("Fixtures")]),
        tests(
            "ReportTests",
            [
                "Report", "Evaluation", "Search", "Synthesis", "Registry", "Recordings", "Stitching",
                "TrialArrays",
                "TestSupport",
            ]),
        // The program is what recordings are read by in a process of its own.
        tests("LibraryTests", ["Neurostitch", "Ranks", "TestSupport", "neurostitch"]),
        tests(
            "CommandTests",
            [
                "neurostitch", "neurostitch-benchmark", "ModelCases", "Report", "Evaluation", "Search",
                "Alignment",
                "Stitching", "Registry", "Recordings", "ArrayFiles", "Messages", "TestSupport",
            ]),
    ]
)
