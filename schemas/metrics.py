"""The vocabulary of metrics: every name that a service shows on its /metrics page, with kind, unit, help and labels.

Services take names from here and invent none, so that dashboards, alerts and `promtool` see one list. Labels are
bounded by the code lists, the map of places and the topics; never a device, person, household or point.
Prometheus stores 64-bit floats: a figure above 2^53 (9 * 10^15, so 9 million billion VND) loses its last digits there.
"""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from schemas.measures import MEASURES, Additivity
from schemas.titles import Title


class Kind(StrEnum):
    """Prometheus' type of a metric; a summary has `_count` and `_sum` only."""

    COUNTER = "counter"
    GAUGE = "gauge"
    SUMMARY = "summary"


class Metric(NamedTuple):
    """A metric family. `unit` says what one of it is; times are seconds, sizes bytes, money VND."""

    name: str
    kind: Kind
    unit: str
    title: Title
    labels: tuple[str, ...] = ()

    @property
    def help(self) -> str:
        """The HELP text: Vietnamese, English, unit."""
        return f"{self.title.vi} / {self.title.en} ({self.unit})"


LABELS: dict[str, str] = {
    "commune": "a current commune as `2025-07:<code>`, or `unresolved`",
    "province": "a current province's code, or `unresolved`",
    "kind": "a code of the measure's list, or a class of holes",
    "name": "a place's name, on info metrics alone",
    "reason": "a reason of `schemas.rejected`, or a code of `schemas.gateway`",
    "outcome": "what the gateway said of an event",
    "route": "a route of the gateway",
    "status": "a status of HTTP",
    "topic": "a topic of `schemas.topics`",
    "partition": "a partition's number",
    "service": "counter, ledger, gauges or gateway",
    "broker": "a broker's number",
    "sides": "which two sides `fieldtally reconcile` compares",
}
"""Every label that may occur, and what bounds it."""
PLACE = ("commune", "province")


def _counter(name: str, unit: str, vi: str, en: str, *labels: str) -> Metric:
    return Metric(f"fieldtally_{name}_total", Kind.COUNTER, unit, Title(vi, en), labels)


def _gauge(name: str, unit: str, vi: str, en: str, *labels: str) -> Metric:
    return Metric(f"fieldtally_{name}", Kind.GAUGE, unit, Title(vi, en), labels)


# --- The gauges' page: figures of communes, from the totals ------------------------------------------------------
MEASURE_METRICS: dict[str, Metric] = {
    m.name: Metric(f"fieldtally_{m.name}", Kind.GAUGE, m.subject, m.title, (*PLACE, "kind") if m.kinds else PLACE)
    for m in MEASURES.values()
    if m.additivity is not Additivity.UNION
}
CONSERVATION_METRICS: dict[str, Metric] = {
    "events": _counter("events", "event", "Sự kiện đã nhận", "Events counted, each once", *PLACE),
    "originals": _counter("originals", "event", "Sự kiện gốc", "Original events", *PLACE),
    "standing": _gauge("originals_standing", "event", "Sự kiện gốc còn hiệu lực", "Originals that stand", *PLACE),
    "corrected": _gauge("originals_corrected", "event", "Sự kiện gốc đã sửa", "Originals corrected", *PLACE),
    "voided": _gauge("originals_voided", "event", "Sự kiện gốc đã hủy", "Originals voided", *PLACE),
    "revisions": _counter("revisions", "event", "Sự kiện sửa, hủy", "Corrections and voids", *PLACE),
    "winning": _gauge("revisions_winning", "event", "Lần sửa có hiệu lực", "Revisions in force", *PLACE),
    "outranked": _gauge("revisions_outranked", "event", "Lần sửa bị thay thế", "Revisions outranked", *PLACE),
    "waiting": _gauge("roots_waiting", "root", "Chờ sự kiện gốc", "Revised roots not seen yet", *PLACE),
    "orphaned": _gauge("roots_orphaned", "root", "Không còn sự kiện gốc", "Revised roots that cannot come", *PLACE),
    "withdrawn": _counter("withdrawals", "event", "Số thứ tự đã rút", "Withdrawn numbers", *PLACE),
    "duplicates": _counter("duplicates", "record", "Bản ghi trùng", "Records that came again", *PLACE),
    "conflicts": _counter("conflicts", "record", "Bản ghi xung đột", "Records that reuse a number", *PLACE),
}
"""The fields of `schemas.totals.Conservation`, in their order."""
HOLES = _gauge(
    "stream_holes", "seq", "Số thứ tự bị thiếu", "Numbers not counted; withdrawn ones are closed", *PLACE, "kind"
)
LATEST_EVENT = _gauge("latest_event_timestamp_seconds", "s", "Sự kiện mới nhất", "Instant of the latest event", *PLACE)
LATEST_RECEIPT = _gauge(
    "latest_receipt_timestamp_seconds", "s", "Lần nhận mới nhất", "Latest receipt by the gateway", *PLACE
)
COMMUNE_INFO = _gauge("commune_info", "1", "Tên xã", "Names of communes with figures", *PLACE, "name")
PROVINCE_INFO = _gauge("province_info", "1", "Tên tỉnh", "Names of provinces with figures", "province", "name")
COMMUNE_METRICS: tuple[Metric, ...] = (
    COMMUNE_INFO, *MEASURE_METRICS.values(), *CONSERVATION_METRICS.values(), HOLES, LATEST_EVENT, LATEST_RECEIPT,
)  # fmt: skip

# --- The gauges' page: the pipeline as seen from the bus ---------------------------------------------------------
REJECTED = _counter("rejected", "record", "Bản ghi bị từ chối", "Records rejected, each once", "reason")
REJECTED_OPEN = _gauge(
    "rejected_open", "record", "Bị từ chối, chưa xử lý", "Rejected records neither mended nor dropped", "reason"
)
CONSUMER_LAG = _gauge(
    "consumer_lag_records", "record", "Chưa xử lý", "Records behind the counter's committed offsets", "topic"
)
OLDEST_UNPROCESSED = _gauge(
    "oldest_unprocessed_age_seconds", "s", "Tuổi bản ghi chờ lâu nhất", "Age of the oldest record not committed, or 0"
)
LAST_TOTAL = _gauge("last_total_timestamp_seconds", "s", "Lần cập nhật cuối", "When the latest total was published")
LAST_TOTAL_AGE = _gauge("last_total_age_seconds", "s", "Từ lần cập nhật cuối", "Time since the latest total")
GAUGES_READ = _counter("gauges_totals_read", "record", "Số tổng đã đọc", "Totals read since the start")
GAUGES_STALE = _counter("gauges_totals_stale", "record", "Số tổng cũ bị bỏ qua", "Totals refused as older than known")
GAUGES_OFFSET = _gauge(
    "gauges_totals_offset", "offset", "Vị trí đã đọc", "Next offset of the totals topic not on this page", "partition"
)
GAUGES_UNITS = _gauge("gauges_units", "unit", "Số đơn vị", "Units that have a total")
LOG_RECORDS = _counter("log_records", "record", "Bản ghi trong Kafka", "Records that the log holds", "topic")
DISK_SIZE = _gauge("broker_disk_size_bytes", "byte", "Dung lượng ổ đĩa Kafka", "Size of a broker's disks", "broker")
DISK_FREE = _gauge("broker_disk_free_bytes", "byte", "Ổ đĩa Kafka còn trống", "Free on a broker's disks", "broker")
TABLETS = _gauge("tablets", "tablet", "Máy bảng đã liên lạc", "Tablets that ever were in contact")
TABLETS_SILENT = _gauge("tablets_silent", "tablet", "Máy bảng im lặng", "Not heard for 14 days, and heard within 60")
TABLETS_SKEWED = _gauge("tablets_skewed", "tablet", "Máy bảng lệch giờ", "Whose clock is more than 5 minutes off")
TABLETS_WAITING = _gauge("tablets_waiting_events", "event", "Còn trên máy bảng", "Events that wait on tablets")
PIPELINE_METRICS = (
    PROVINCE_INFO, REJECTED, REJECTED_OPEN, CONSUMER_LAG, OLDEST_UNPROCESSED, LAST_TOTAL, LAST_TOTAL_AGE, GAUGES_READ,
    GAUGES_STALE, GAUGES_OFFSET, GAUGES_UNITS, LOG_RECORDS, DISK_SIZE, DISK_FREE, TABLETS, TABLETS_SILENT,
    TABLETS_SKEWED, TABLETS_WAITING,
)  # fmt: skip

# --- The counter's own page: what this process did since its start (no name may hold Prometheus' word "counter") -----
COUNTER_RECORDS = _counter("counting_records", "record", "Bản ghi đã đọc", "Records read, replays included", "topic")
COUNTER_EVENTS = _counter("counting_events", "event", "Sự kiện đã đếm", "Events counted")
COUNTER_DUPLICATES = _counter("counting_duplicates", "record", "Bản ghi trùng", "Duplicates found")
COUNTER_CONFLICTS = _counter("counting_conflicts", "record", "Bản ghi xung đột", "Conflicts found")
COUNTER_REJECTED = _counter("counting_rejected", "record", "Bản ghi bị từ chối", "Records rejected", "reason")
COUNTER_REPLAYED = _counter("counting_replayed_records", "record", "Bản ghi đọc lại", "Records skipped as replays")
COUNTER_CHECKPOINT = Metric(
    "fieldtally_counting_checkpoint_seconds", Kind.SUMMARY, "s", Title("Thời gian lưu", "Time that checkpoints took")
)
COUNTER_CHECKPOINT_BYTES = _counter("counting_checkpoint_bytes", "byte", "Dữ liệu đã lưu", "State bytes written")
COUNTER_PUBLISHED = _counter("counting_totals_published", "record", "Số tổng đã gửi", "Totals published")
COUNTER_PARTITIONS = _gauge("counting_partitions", "partition", "Phân vùng đang giữ", "Partitions owned")
COUNTER_SILENT = _gauge(
    "counting_partitions_silent", "partition", "Phân vùng đang đuổi kịp", "Owned, not caught up yet"
)
COUNTER_REBUILDS = _counter("counting_rebuilds", "partition", "Lần dựng lại", "Partitions rebuilt from the log")
COUNTER_METRICS = (
    COUNTER_RECORDS, COUNTER_EVENTS, COUNTER_DUPLICATES, COUNTER_CONFLICTS, COUNTER_REJECTED, COUNTER_REPLAYED,
    COUNTER_CHECKPOINT, COUNTER_CHECKPOINT_BYTES, COUNTER_PUBLISHED, COUNTER_PARTITIONS, COUNTER_SILENT,
    COUNTER_REBUILDS,
)  # fmt: skip

# --- The ledger's own page ---------------------------------------------------------------------------------------
LEDGER_RECORDS = _counter("ledger_records", "record", "Bản ghi đã đọc", "Records read since the start", "topic")
LEDGER_ROWS = _counter("ledger_rows", "row", "Dòng đã ghi", "Rows inserted since the start")
LEDGER_BATCHES = _counter("ledger_batches", "transaction", "Lô đã ghi", "Transactions committed since the start")
LEDGER_BATCH = Metric(
    "fieldtally_ledger_batch_seconds", Kind.SUMMARY, "s", Title("Thời gian ghi một lô", "Time that transactions took")
)
LEDGER_LAG = _gauge("ledger_lag_records", "record", "Chưa ghi", "Records of the log not in Postgres yet", "topic")
LEDGER_LAST_COMMIT = _gauge("ledger_last_commit_timestamp_seconds", "s", "Lần ghi cuối", "When it last committed")
LEDGER_METRICS = (LEDGER_RECORDS, LEDGER_ROWS, LEDGER_BATCHES, LEDGER_BATCH, LEDGER_LAG, LEDGER_LAST_COMMIT)

# --- The page of `fieldtally reconcile --watch` ------------------------------------------------------------------
RECONCILE_DIFFERENCES = _gauge("reconcile_differences", "figure", "Số liệu khác nhau", "Figures that differ", "sides")
RECONCILE_COMPARED = _gauge("reconcile_compared", "figure", "Số liệu đã đối soát", "Figures compared", "sides")
RECONCILE_FAILURES = _gauge("reconcile_failures", "sentence", "Bên không so được", "Sides that cannot be compared")
RECONCILE_AGREED = _gauge("reconcile_agreed_timestamp_seconds", "s", "Lần khớp cuối", "When all last agreed, or 0")
RECONCILE_SECONDS = _gauge("reconcile_duration_seconds", "s", "Thời gian đối soát", "Time that the comparison took")
RECONCILE_METRICS = (
    RECONCILE_DIFFERENCES, RECONCILE_COMPARED, RECONCILE_FAILURES, RECONCILE_AGREED, RECONCILE_SECONDS,
)  # fmt: skip

# --- The gateway's own page --------------------------------------------------------------------------------------
GATEWAY_REQUESTS = _counter("gateway_requests", "request", "Yêu cầu", "Requests answered", "route", "status")
GATEWAY_REQUEST_TIME = Metric(
    "fieldtally_gateway_request_seconds", Kind.SUMMARY, "s", Title("Thời gian trả lời", "Time to answers"), ("route",)
)
GATEWAY_EVENTS = _counter("gateway_events", "event", "Sự kiện đã trả lời", "Events answered, each time", "outcome")
GATEWAY_REFUSED = _counter("gateway_refused", "event", "Sự kiện không nhận", "Events not taken, by code", "reason")
GATEWAY_UNDER_WAY = _gauge("gateway_under_way_requests", "request", "Đang xử lý", "Requests with a body under way")
GATEWAY_CONNECTIONS = _gauge("gateway_connections", "connection", "Kết nối", "Connections open")
GATEWAY_UNCONFIRMED = _gauge("gateway_unconfirmed_bytes", "byte", "Chờ Kafka", "Handed to Kafka and not confirmed")
GATEWAY_READY = _gauge("gateway_ready", "1", "Sẵn sàng", "Whether it takes events now")
GATEWAY_METRICS = (
    GATEWAY_REQUESTS, GATEWAY_REQUEST_TIME, GATEWAY_EVENTS, GATEWAY_REFUSED, GATEWAY_UNDER_WAY, GATEWAY_CONNECTIONS,
    GATEWAY_UNCONFIRMED, GATEWAY_READY,
)  # fmt: skip

BOARD_WATCHERS = _gauge("board_watchers", "watcher", "Người đang xem bảng", "Pages that watch the live board now")
RESTARTS = _counter("restarts", "restart", "Lần khởi động lại", "Restarts after a fault, by the supervisor", "service")
METRICS: dict[str, Metric] = {
    m.name: m
    for m in (
        *COMMUNE_METRICS, *PIPELINE_METRICS, *COUNTER_METRICS, *LEDGER_METRICS, *RECONCILE_METRICS,
        *GATEWAY_METRICS, RESTARTS, BOARD_WATCHERS,
    )
}
PROCESS_METRICS = (
    "process_virtual_memory_bytes", "process_resident_memory_bytes", "process_start_time_seconds",
    "process_cpu_seconds_total", "process_open_fds", "process_max_fds",
)  # fmt: skip
"""What prometheus_client's ProcessCollector adds to every page."""
