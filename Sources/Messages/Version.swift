/// The version of the program; stored with every run.
public let neurostitchVersion = "0.2.0"
