/*
 * The kind `machine`: its row in the catalog, its life and its power.
 */
#include "sim/machine/inside.h"

struct disk_model {
    uint64_t bandwidth, fsync_ns;
};

/* In the order of the choices of `disk`. */
static const struct disk_model disk_models[] = {
    {500000000, MS_NS},        /* ssd */
    {120000000, 10 * MS_NS},   /* hdd */
    {2000000000, 100 * US_NS}, /* nvme */
};

/* --- life ----------------------------------------------------------------------------------- */

static void machine_init(struct world *world, uint32_t id)
{
    struct machine_state *machine = machine_at(world, id);
    struct stream stream = stream_of(world->seed, component_at(world, id)->name, "writeback");

    component_at(world, id)->up = 1;
    machine->flusher_phase_ns = stream_next(&stream);
    meter_start(&machine->cpu.meter, world->now_ns);
    meter_start(&machine->disk.meter, world->now_ns);
    cpu_set_cores(world, id, (uint32_t)parameter_get(world, id, MACHINE_CORES));
}

static void machine_event(struct world *world, uint32_t id, const struct event *event)
{
    switch (event_what(event)) {
    case MACHINE_WORK_DUE:
        cpu_due(world, id, event->payload.u32[0]);
        break;
    case MACHINE_DISK_DUE:
        disk_due(world, id);
        break;
    case MACHINE_FLUSHER:
        file_flusher_due(world, id);
        break;
    case MACHINE_KILLER:
        memory_killer_due(world, id);
        break;
    default:
        break;
    }
}

static void machine_changed(struct world *world, uint32_t id, unsigned parameter)
{
    const uint64_t value = parameter_get(world, id, parameter);

    switch (parameter) {
    case MACHINE_CORES:
        cpu_set_cores(world, id, (uint32_t)value);
        break;
    case MACHINE_RAM:
        memory_check(world, id);
        break;
    case MACHINE_DISK:
        parameter_put(world, id, MACHINE_DISK_BANDWIDTH, disk_models[value].bandwidth);
        parameter_put(world, id, MACHINE_FSYNC, disk_models[value].fsync_ns);
        break;
    case MACHINE_DIRTY_WRITEBACK:
        file_flusher_renew(world, id);
        break;
    default:
        break;
    }
}

void machine_power_off(struct world *world, uint32_t machine)
{
    component_at(world, machine)->up = 0;
    cpu_lost(world, machine);
    memory_lost(world, machine);
    disk_lost(world, machine);
    file_lost(world, machine);
}

void machine_power_on(struct world *world, uint32_t machine)
{
    component_at(world, machine)->up = 1;
}

void machine_destroy_disk(struct world *world, uint32_t machine)
{
    struct machine_state *state = machine_at(world, machine);

    disk_lost(world, machine);
    file_remove_all(world, machine);
    disk_free_fill(world, machine);
    state->disk.fails = state->disk.full_told = 0;
}

static void machine_removed(struct world *world, uint32_t id)
{
    if (machine_at(world, id)->cpu.cores == 0)
        return; /* it was never begun: its parameters were wrong */
    machine_power_off(world, id);
    machine_destroy_disk(world, id);
}

/* --- parameters that hang together ------------------------------------------------------------ */

/* Two ports, the first not after the last. */
static bool port_range_valid(const char *words)
{
    uint64_t ports[2] = {0, 0};
    unsigned count = 0;
    while (*words != '\0') {
        if (count == 2 || *words < '0' || *words > '9')
            return false;
        while (*words >= '0' && *words <= '9' && ports[count] < 65536)
            ports[count] = ports[count] * 10 + (uint64_t)(*words++ - '0');
        count++;
        while (*words == ' ' || *words == '\t')
            words++;
    }
    return count == 2 && ports[0] >= 1 && ports[0] <= ports[1] && ports[1] < 65536;
}

static bool machine_check(struct world *world, uint32_t id, const uint64_t *values,
                          struct error *error)
{
    (void)id;
    const char *range = string_at(world, (ref)values[MACHINE_IP_LOCAL_PORT_RANGE]);
    return port_range_valid(range) ||
           error_set(error, ERROR_BAD_VALUE, MACHINE_IP_LOCAL_PORT_RANGE, range, "range of ports",
                     "ip_local_port_range=\"32768 60999\"", NULL);
}

/* --- metrics -------------------------------------------------------------------------------- */

static bool read_cpu(struct world *world, uint32_t id, struct value *value)
{
    value->number = (int64_t)meter_last_second(&machine_at(world, id)->cpu.meter, world->now_ns);
    return true;
}

static bool read_ram_used(struct world *world, uint32_t id, struct value *value)
{
    value->number = (int64_t)memory_used(world, id);
    return true;
}

static bool read_disk_busy(struct world *world, uint32_t id, struct value *value)
{
    value->number = (int64_t)meter_last_second(&machine_at(world, id)->disk.meter, world->now_ns);
    return true;
}

static bool read_up(struct world *world, uint32_t id, struct value *value)
{
    value->number = component_at(world, id)->up;
    return true;
}

#define STATE(member) (uint32_t) offsetof(struct machine_state, member), NULL

static const struct metric metrics[] = {
    {"cpu", UNIT_PERCENT, METRIC_GAUGE, 0, read_cpu, "use of all cores over the last second",
     "지난 1초 동안 모든 코어의 사용률"},
    {"ram_used", UNIT_SIZE, METRIC_GAUGE, 0, read_ram_used,
     "memory of the processes, and of the kernel for their sockets (3.75 KB an end and what waits "
     "in it); the page cache does not count",
     "프로세스들과, 커널이 소켓에 쓰는 메모리(한쪽 끝에 3.75 KB와 쌓인 바이트); 페이지 캐시는 "
     "빼고"},
    {"page_cache_dirty", UNIT_SIZE, METRIC_GAUGE, STATE(page_cache_dirty),
     "bytes that were written and are not on the disk yet", "썼지만 아직 디스크에 없는 바이트"},
    {"disk_used", UNIT_SIZE, METRIC_GAUGE, STATE(disk_used), "space that is taken on the disk",
     "디스크에서 쓰고 있는 공간"},
    {"disk_written", UNIT_SIZE, METRIC_COUNTER, STATE(disk_written),
     "bytes the disk has written since the start", "처음부터 디스크가 쓴 바이트"},
    {"disk_busy", UNIT_PERCENT, METRIC_GAUGE, 0, read_disk_busy,
     "how much of the last second the disk was at work", "지난 1초 가운데 디스크가 일한 비율"},
    {"up", UNIT_COUNT, METRIC_GAUGE, 0, read_up, "1 while it has power", "전원이 들어와 있으면 1"},
    {"oom_kills", UNIT_COUNT, METRIC_COUNTER, STATE(oom_kills),
     "processes that the kernel killed because memory was out",
     "메모리가 모자라 커널이 죽인 프로세스 수"},
    /* Of /proc/net/snmp, by its names. */
    {"tcp_active_opens", UNIT_COUNT, METRIC_COUNTER, STATE(tcp[0]),
     "connections it began (a SYN was sent)", "이 서버가 먼저 연 연결 수(SYN을 보냄)"},
    {"tcp_passive_opens", UNIT_COUNT, METRIC_COUNTER, STATE(tcp[1]),
     "connections it took (a SYN came)", "받아서 연 연결 수(SYN을 받음)"},
    {"tcp_retrans_segs", UNIT_COUNT, METRIC_COUNTER, STATE(tcp[2]), "segments that were sent again",
     "다시 보낸 세그먼트 수"},
    {"tcp_in_segs", UNIT_COUNT, METRIC_COUNTER, STATE(tcp[3]), "segments that came",
     "받은 세그먼트 수"},
    {"tcp_out_segs", UNIT_COUNT, METRIC_COUNTER, STATE(tcp[4]),
     "segments that were sent, without those sent again", "보낸 세그먼트 수(다시 보낸 것은 빼고)"},
    {"tcp_estab_resets", UNIT_COUNT, METRIC_COUNTER, STATE(tcp[5]),
     "connections that a reset ended", "RST로 끊긴 연결 수"},
    {"tcp_attempt_fails", UNIT_COUNT, METRIC_COUNTER, STATE(tcp[6]),
     "connections that it began and that were never made", "열려고 했지만 이루어지지 않은 연결 수"},
    {"tcp_listen_overflows", UNIT_COUNT, METRIC_COUNTER, STATE(tcp[7]),
     "how often a listener's accept queue was full", "accept 큐가 가득 찼던 횟수"},
    {"tcp_listen_drops", UNIT_COUNT, METRIC_COUNTER, STATE(tcp[8]),
     "SYNs and ACKs to a listener that were dropped", "리스너에게 왔지만 버려진 SYN과 ACK 수"},
    {"tcp_timeouts", UNIT_COUNT, METRIC_COUNTER, STATE(tcp[9]), "retransmission time-outs",
     "재전송 타이머가 다 된 횟수"},
    {"tcp_established", UNIT_COUNT, METRIC_GAUGE, STATE(tcp_established),
     "connections that stand now", "지금 이어져 있는 연결 수"},
    {"tcp_time_wait", UNIT_COUNT, METRIC_GAUGE, STATE(tcp_time_wait),
     "connections in TIME_WAIT now: closed here first, less than 60 s ago",
     "지금 TIME_WAIT인 연결 수: 이쪽에서 먼저 닫은 지 60초가 안 된 것"},
};

/* --- parameters ----------------------------------------------------------------------------- */

#define HOUR_NS (3600 * SECOND_NS)
#define TIB     (1ull << 40)

static const struct parameter parameters[] = {
    [MACHINE_CORES] = {"cores", UNIT_COUNT, 1, 1024, "2", NULL, true, "how many cores it has",
                       "코어 수"},
    [MACHINE_RAM] = {"ram", UNIT_SIZE, 1 << 20, 64 * TIB, "4GiB", NULL, true,
                     "memory for processes; past it the kernel kills the largest",
                     "프로세스가 쓸 메모리; 넘으면 커널이 가장 큰 프로세스를 죽입니다"},
    [MACHINE_DISK] = {"disk", UNIT_CHOICE, 0, 0, "ssd", "ssd|hdd|nvme", true,
                      "ssd is 500 MB/s with an fsync of 1 ms, hdd 120 MB/s and 10 ms, nvme 2 GB/s "
                      "and 0.1 ms; sets disk-bandwidth and fsync",
                      "ssd는 500 MB/s에 fsync 1 ms, hdd는 120 MB/s에 10 ms, nvme는 2 GB/s에 0.1 "
                      "ms; disk-bandwidth와 fsync를 함께 정합니다"},
    [MACHINE_DISK_BANDWIDTH] = {"disk-bandwidth", UNIT_SIZE, 1000, TIB, "500MB", NULL, true,
                                "bytes that the disk moves in a second",
                                "디스크가 1초에 옮기는 바이트"},
    [MACHINE_FSYNC] = {"fsync", UNIT_DURATION, 0, HOUR_NS, "1ms", NULL, true,
                       "time of an fsync besides its bytes",
                       "fsync 한 번에 바이트를 쓰는 시간 말고 더 걸리는 시간"},
    [MACHINE_DISK_SPEED] = {"disk-speed", UNIT_PERCENT, PERCENT_ONE / 10, SHARE_ALL, "100%", NULL,
                            true, "10% makes everything on the disk ten times slower",
                            "10%면 디스크의 모든 일이 열 배 느려집니다"},
    [MACHINE_DISK_SIZE] = {"disk-size", UNIT_SIZE, 0, 1024 * TIB, "100GB", NULL, true,
                           "space on the disk", "디스크의 크기"},
    [MACHINE_DIRTY_EXPIRE] =
        {"dirty_expire", UNIT_DURATION, 0, 24 * HOUR_NS, "30s", NULL, true,
         "vm.dirty_expire_centisecs: the kernel writes a file to the disk when "
         "it holds bytes older than this",
         "vm.dirty_expire_centisecs: 이보다 오래된 바이트가 있는 파일을 커널이 "
         "디스크에 씁니다"},
    [MACHINE_DIRTY_WRITEBACK] = {"dirty_writeback", UNIT_DURATION, 10 * MS_NS, 24 * HOUR_NS, "5s",
                                 NULL, true,
                                 "vm.dirty_writeback_centisecs: how often the kernel looks for "
                                 "such files",
                                 "vm.dirty_writeback_centisecs: 커널이 그런 파일을 찾아보는 간격"},
    [MACHINE_ZONE] = {"zone", UNIT_TEXT, 0, 0, "", NULL, true,
                      "where it stands: power-cut zone=a takes all machines of it",
                      "서버가 있는 구역; power-cut zone=a는 그 구역의 전원을 모두 끊습니다"},
    [MACHINE_TCP_SYN_RETRIES] = {"tcp_syn_retries", UNIT_COUNT, 1, 127, "6", NULL, true,
                                 "how often a SYN is sent again before connect fails",
                                 "연결을 포기하기까지 SYN을 다시 보내는 횟수"},
    [MACHINE_TCP_RETRIES2] = {"tcp_retries2", UNIT_COUNT, 0, 255, "15", NULL, true,
                              "how often data is sent again before the connection is given up",
                              "연결을 끊기까지 데이터를 다시 보내는 횟수"},
    [MACHINE_TCP_SYN_LINEAR_TIMEOUTS] =
        {"tcp_syn_linear_timeouts", UNIT_COUNT, 0, 127, "0", NULL, true,
         "how many SYNs are sent again one second apart before the wait doubles; kernels since "
         "6.5 have 4",
         "기다리는 시간이 두 배씩 늘기 전에 1초 간격으로 다시 보내는 SYN 수; 커널 6.5부터는 4"},
    [MACHINE_TCP_ABORT_ON_OVERFLOW] =
        {"tcp_abort_on_overflow", UNIT_BOOLEAN, 0, 0, "no", NULL, true,
         "answers with a reset when the accept queue is full as the handshake ends",
         "핸드셰이크가 끝날 때 accept 큐가 가득 차 있으면 RST로 답합니다"},
    [MACHINE_TCP_SLOW_START_AFTER_IDLE] = {"tcp_slow_start_after_idle", UNIT_BOOLEAN, 0, 0, "yes",
                                           NULL, true,
                                           "halves the congestion window for each RTO of silence",
                                           "조용히 지난 RTO마다 혼잡 윈도를 반으로 줄입니다"},
    [MACHINE_TCP_TW_REUSE] =
        {"tcp_tw_reuse", UNIT_COUNT, 0, 2, "2", NULL, true,
         "takes a port in TIME_WAIT again after one second: 0 never, 1 always, 2 over the loopback",
         "TIME_WAIT인 포트를 1초 뒤에 다시 씁니다: 0 안 함, 1 항상, 2 루프백에서만"},
    [MACHINE_IP_LOCAL_PORT_RANGE] = {"ip_local_port_range", UNIT_TEXT, 0, 0, "32768 60999", NULL,
                                     true, "first and last port of the connections that it opens",
                                     "먼저 여는 연결이 쓰는 첫 포트와 마지막 포트"},
    [MACHINE_SOMAXCONN] = {"somaxconn", UNIT_COUNT, 0, 65535, "4096", NULL, true,
                           "the largest backlog a listener gets",
                           "리스너가 받을 수 있는 가장 큰 백로그"},
    [MACHINE_TCP_RMEM] = {"tcp_rmem", UNIT_SIZE, 4096, 1 << 30, "8MiB", NULL, true,
                          "largest receive window; 128 KiB while the program does not read",
                          "가장 큰 수신 윈도; 프로그램이 읽지 않으면 128 KiB"},
    [MACHINE_TCP_WMEM] = {"tcp_wmem", UNIT_SIZE, 4096, 1 << 30, "4MiB", NULL, true,
                          "what a socket takes from its program before it is acknowledged",
                          "ACK를 받기 전까지 소켓이 프로그램에게서 받아 두는 바이트"},
};

_Static_assert(sizeof parameters / sizeof *parameters == MACHINE_PARAMETERS,
               "the enum is the order of the rows");

const struct kind machine_kind = {
    .name = "machine",
    .en = "a server: cores, memory, page cache, disk and power",
    .ko = "서버 한 대: 코어, 메모리, 페이지 캐시, 디스크, 전원",
    .state_bytes = sizeof(struct machine_state),
    .parameter_count = MACHINE_PARAMETERS,
    .metric_count = sizeof metrics / sizeof *metrics,
    .parameters = parameters,
    .metrics = metrics,
    .check = machine_check,
    .init = machine_init,
    .event = machine_event,
    .changed = machine_changed,
    .removed = machine_removed,
};
