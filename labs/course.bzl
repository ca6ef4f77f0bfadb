"""The course: its labs in order, what each is called, and which earlier labs it builds on."""

def _lab(name, title, needs = []):
    return struct(name = name, title = title, needs = needs)

COURSE = [
    # Part I: threads.
    _lab("01_threads", "A thread object with a name, a state and a join that can give up"),
    _lab("02_gil", "A global interpreter lock, and a tiny interpreter under it"),
    _lab("03_races", "Broken code to mend, and every outcome it can have"),
    _lab("04_lock", "A lock, money transfers and dining philosophers"),
    _lab("05_rlock", "A lock that its owner may take again"),
    _lab("06_condition", "A condition variable out of locks", needs = ["04_lock", "05_rlock"]),
    _lab("07_semaphore", "Semaphores, a connection pool and a polite crawler"),
    _lab("08_event", "An event that many threads wait for"),
    _lab("09_barrier", "A barrier that can break, and a timer"),
    _lab("10_queue", "Queues between threads"),
    _lab("11_producer_consumer", "The bakery three ways, and a pipeline", needs = ["10_queue"]),
    _lab("12_thread_pool", "Futures and a pool of threads"),
    # Part II: processes.
    _lab("13_process", "A process object over fork, wait and kill"),
    _lab("14_pipe", "Messages through a pipe"),
    _lab("15_shared_memory", "Shared memory and locks that survive a killed holder"),
    _lab("16_process_queue", "A queue between processes", needs = ["14_pipe", "15_shared_memory"]),
    _lab(
        "17_process_pool",
        "A pool of processes",
        needs = ["13_process", "14_pipe", "15_shared_memory", "16_process_queue"],
    ),
    _lab(
        "18_manager",
        "Objects in a server process, used through proxies",
        needs = ["13_process", "14_pipe"],
    ),
    # Part III: sockets and the capstone.
    _lab("19_chat", "A chat server with a thread for each client"),
    _lab("20_http", "An HTTP client, one by one and by the pool", needs = ["12_thread_pool"]),
    _lab(
        "21_crawler",
        "The capstone: a crawler on your own labs",
        needs = ["07_semaphore", "10_queue", "12_thread_pool"],
    ),
]

# The labs whose folders exist. The others become targets when they are added here.
STANDING = [
    "01_threads",
    "02_gil",
    "03_races",
    "04_lock",
    "05_rlock",
    "06_condition",
    "07_semaphore",
    "08_event",
    "09_barrier",
    "10_queue",
    "11_producer_consumer",
    "12_thread_pool",
]

def lab_called(name):
    """The entry of COURSE with this name; an error if there is none."""
    for lab in COURSE:
        if lab.name == name:
            return lab
    fail("labs/course.bzl has no lab %s" % name)

def course_json():
    """COURSE as the text of a JSON document, for the command line tool.

    {"labs": [{"name", "title", "needs", "standing"}]}
    """
    return struct(labs = [
        struct(
            name = lab.name,
            needs = lab.needs,
            standing = lab.name in STANDING,
            title = lab.title,
        )
        for lab in COURSE
    ]).to_json()
