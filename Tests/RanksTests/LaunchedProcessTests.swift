import Testing

@testable import Ranks

/// What launchers leave in the environment, as Open MPI 4.1, Slurm 22.05 and MPICH 4.0 do.
@Suite struct LaunchedProcessTests {
    @Test func nobodyLaunchedIt() {
        #expect(LaunchedProcess(["PATH": "/bin", "HOME": "/"]) == nil)
        // In a batch script, before `srun`.
        #expect(LaunchedProcess(["SLURM_NTASKS": "8", "SLURM_PROCID": "0", "SLURM_JOB_ID": "3"]) == nil)
    }

    @Test func byOpenMPI() throws {
        let launch = try #require(
            LaunchedProcess([
                "OMPI_COMM_WORLD_SIZE": "8", "OMPI_COMM_WORLD_RANK": "5", "OMPI_COMM_WORLD_LOCAL_SIZE": "4",
            ]))
        #expect(launch.rank == 5 && launch.count == 8 && launch.countHere == 4)
        #expect(launch.problem == nil)
    }

    @Test(arguments: [(0, 2), (2, 2), (3, 1), (4, 1)]) func bySlurm(node: Int, here: Int) throws {
        var environment = [
            "SLURM_STEP_NUM_TASKS": "7", "SLURM_PROCID": "3", "SLURM_NODEID": "\(node)",
            "SLURM_STEP_TASKS_PER_NODE": "2(x3),1", "PMIX_RANK": "3",
        ]
        let launch = try #require(LaunchedProcess(environment))
        #expect(launch.rank == 3 && launch.count == 7 && launch.countHere == here)
        #expect(launch.problem == nil)
        // Without a way to each other, each of them would do everything.
        environment["PMIX_RANK"] = nil
        let apart = try #require(LaunchedProcess(environment))
        #expect("\(try #require(apart.problem))".contains("srun --mpi=pmix"))
        environment["SLURM_STEP_NUM_TASKS"] = "1"
        #expect(LaunchedProcess(environment)?.problem == nil)
    }

    @Test func byAnotherMPI() throws {
        let launch = try #require(LaunchedProcess(["PMI_SIZE": "4", "PMI_RANK": "1"]))
        #expect(launch.rank == 1 && launch.count == 4)
        #expect("\(try #require(launch.problem))".contains("`mpirun` of Open MPI"))
        #expect(LaunchedProcess(["PMI_SIZE": "1", "PMI_RANK": "0"])?.problem == nil)
    }

    @Test func damagedTextIsNoReasonToFail() {
        for text in ["", "x", "2(x", "2(x99999999999999999999)", "-1"] {
            let launch = LaunchedProcess([
                "SLURM_STEP_NUM_TASKS": "2", "SLURM_PROCID": "0", "SLURM_NODEID": "0",
                "SLURM_STEP_TASKS_PER_NODE": text,
            ])
            #expect(launch?.countHere == 1)
        }
    }

    /// Processes of a machine share what they are not bound to.
    @Test func threadsOfAProcess() throws {
        func launch(here: Int) throws -> LaunchedProcess {
            try #require(
                LaunchedProcess([
                    "OMPI_COMM_WORLD_SIZE": "64", "OMPI_COMM_WORLD_RANK": "0",
                    "OMPI_COMM_WORLD_LOCAL_SIZE": "\(here)",
                ]))
        }
        #expect(try launch(here: 4).threads(usable: 16, of: 16) == 4)
        #expect(try launch(here: 4).threads(usable: 2, of: 16) == 2)
        #expect(try launch(here: 4).threads(usable: 2, of: 2) == 1)
        #expect(try launch(here: 1).threads(usable: 16, of: 16) == 16)
    }
}
