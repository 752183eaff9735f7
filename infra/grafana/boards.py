"""The dashboards: Programme, Commune, Pipeline, Tablets. (Names of metrics are those of `schemas.metrics`.)"""

from __future__ import annotations

from infra.grafana.panel import (
    COMMUNE,
    MEASURE,
    PROVINCE,
    TO_COMMUNE,
    Dashboard,
    Kind,
    Panel,
    Prom,
    lines,
    numbers,
    table,
)

_OF_PROVINCE = '{province=~"$province"}'
_OF_COMMUNE = '{commune="$commune"}'
_CHOSEN = '{__name__="fieldtally_$measure",province=~"$province"}'
_NAMED = "* on (commune) group_left (name) max by (commune, name) (fieldtally_commune_info)"
_MS = "dateTimeAsIso"

PROGRAMME = Dashboard(
    "fieldtally-programme", "Chương trình", "Counters against targets, by province, commune and measure.",
    (PROVINCE, MEASURE),
    (
        numbers("Sự kiện đã nhận", "Events counted, each once.", f"sum(fieldtally_events_total{_OF_PROVINCE})"),
        numbers("Xã có số liệu", "Communes with figures.",
                'count(count by (commune) (fieldtally_commune_info{province=~"$province",commune!="unresolved"}))'),
        numbers("Sự kiện mới nhất", "As of: when the latest event happened.",
                f"max(fieldtally_latest_event_timestamp_seconds{_OF_PROVINCE}) * 1000", _MS, 5),
        numbers("Lần nhận mới nhất", "As of: when the gateway received the latest event.",
                f"max(fieldtally_latest_receipt_timestamp_seconds{_OF_PROVINCE}) * 1000", _MS, 5),
        numbers("Số liệu cập nhật lúc", "As of: when the latest total was published.",
                "max(fieldtally_last_total_timestamp_seconds) * 1000", _MS, 6),
        table("Mục tiêu của chương trình", "Each target: count, of how many, reached, target, progress in percent.",
              'SELECT programme_vi AS "Chương trình", title_vi AS "Chỉ tiêu", period AS "Kỳ", counted AS "Đạt", '
              'whole AS "Trên", reached AS "Kết quả", target AS "Mục tiêu", unit AS "Đơn vị", progress AS "%" '
              "FROM dashboards.targets ORDER BY 1, 2"),
        table("Mục tiêu theo xã", "Targets that are shares, by commune, of what is registered there.",
              'SELECT name AS "Xã", title_vi AS "Chỉ tiêu", counted AS "Đạt", whole AS "Trên", reached AS "%", '
              'target AS "Mục tiêu", commune FROM dashboards.commune_shares '
              "WHERE split_part(province, ':', 2) ~ '^($province)$' ORDER BY reached", width=12,
              links={"Xã": TO_COMMUNE}),
        Panel(Kind.BARS, "Chỉ tiêu theo xã", "The chosen measure in the communes where it is highest.", "none",
              (Prom(f"topk(25, sum by (commune) ({_CHOSEN}) {_NAMED})", "{{name}}"),), 12, 9),
        Panel(Kind.BARS, "Chỉ tiêu theo tỉnh", "The chosen measure by province.", "none",
              (Prom('sum by (province) ({__name__="fieldtally_$measure"}) * on (province) group_left (name) '
                    "max by (province, name) (fieldtally_province_info)", "{{name}}"),), 12, 8),
        lines("Chỉ tiêu theo thời gian", "The chosen measure as it grew, by kind.",
              f"sum by (kind) ({_CHOSEN})", "{{kind}}"),
    ),
)  # fmt: skip

COMMUNE_BOARD = Dashboard(
    "fieldtally-commune", "Xã", "One commune of today: counters by day, households, sessions, findings, tablets.",
    (PROVINCE, COMMUNE),
    (
        numbers("Sự kiện đã nhận", "Events counted, each once.", f"sum(fieldtally_events_total{_OF_COMMUNE})"),
        numbers("Sự kiện mới nhất", "As of: when the latest event happened.",
                f"max(fieldtally_latest_event_timestamp_seconds{_OF_COMMUNE}) * 1000", _MS, 5),
        numbers("Lần nhận mới nhất", "As of: when the gateway received the latest event.",
                f"max(fieldtally_latest_receipt_timestamp_seconds{_OF_COMMUNE}) * 1000", _MS, 5),
        numbers("Số thứ tự còn thiếu", "Events that were recorded and have not come.",
                'sum(fieldtally_stream_holes{commune="$commune",kind="missing"})', width=5),
        numbers("Đã sửa hoặc hủy", "Originals corrected or voided.",
                f"sum(fieldtally_originals_corrected{_OF_COMMUNE}) + sum(fieldtally_originals_voided{_OF_COMMUNE})",
                width=5),
        Panel(Kind.BARS, "Hộ gia đình", "Households surveyed, given and reached.", "none", tuple(
            Prom(f"sum(fieldtally_{name}{_OF_COMMUNE})", legend) for name, legend in (
                ("households_surveyed", "Đã khảo sát"), ("households_with_leaflet", "Có tờ rơi"),
                ("households_given_smartphone", "Được trao điện thoại"), ("households_given_sim", "Được trao SIM"),
                ("households_with_smartphone", "Có điện thoại thông minh"), ("households_connected", "Đã kết nối"))),
              12, 8),
        Panel(Kind.BARS, "Buổi tập huấn và tuyên truyền", "Sessions held and people reached.", "none", tuple(
            Prom(f"sum(fieldtally_{name}{_OF_COMMUNE})", legend) for name, legend in (
                ("training_sessions", "Buổi tập huấn"), ("training_reach", "Người được tập huấn"),
                ("outreach_sessions", "Buổi tuyên truyền"), ("outreach_reach", "Người được tuyên truyền"))), 12, 8),
        table("Số liệu hiện nay", "All live counters of the commune.",
              'SELECT title_vi AS "Chỉ tiêu", kind AS "Loại", value AS "Giá trị" FROM dashboards.figures '
              "WHERE commune = '$commune' ORDER BY 1, 2", width=12),
        Panel(Kind.LINES, "Theo ngày", "Sum measures by the day on which it happened.", "none", (table("", "", (
            "SELECT day::timestamptz AS time, title_vi AS metric, value FROM dashboards.days "
            "WHERE commune = '$commune' AND $__timeFilter(day::timestamptz) ORDER BY 1")).queries[0],), 12, 9),
        table("Cần xem lại", "What somebody should look at, newest first. Reads every event of the ledger.",
              'SELECT finding AS "Phát hiện", since AS "Từ ngày", detail AS "Chi tiết", events AS "Sự kiện" '
              "FROM dashboards.findings_of('$commune')", width=12),
        table("Nguồn ghi nhận", "Tablets, imports and offices that recorded here, and when last heard from.",
              'SELECT source AS "Nguồn", events AS "Sự kiện", latest_receipt AS "Nhận lúc", missing AS "Thiếu", '
              "rejected AS \"Từ chối\" FROM dashboards.sources WHERE commune = '$commune' ORDER BY 3 DESC", width=12),
    ),
)  # fmt: skip

PIPELINE = Dashboard(
    "fieldtally-pipeline", "Đường dữ liệu", "Whether all that came is counted, once, and all sides agree.", (),
    (
        numbers("Bản ghi trong Kafka", "Records that the log holds.", "sum(fieldtally_log_records_total)"),
        numbers("Bản ghi trùng", "Records that came again, not counted.", "sum(fieldtally_duplicates_total)"),
        numbers("Bản ghi xung đột", "Records that reuse a number with another id.", "sum(fieldtally_conflicts_total)"),
        numbers("Từ lần cập nhật cuối", "Time since the latest total was published.",
                "max(fieldtally_last_total_age_seconds)", "s"),
        numbers("Bản ghi chờ lâu nhất", "Age of the oldest record that is not counted for good.",
                "max(fieldtally_oldest_unprocessed_age_seconds)", "s"),
        numbers("Đối soát khác nhau", "Figures that differ between log, ledger, totals and gauges.",
                "sum(fieldtally_reconcile_differences)"),
        lines("Bản ghi mỗi giây", "Records that come per second, by topic.",
              "sum by (topic) (rate(fieldtally_log_records_total[$__rate_interval]))", "{{topic}}", "reqps"),
        lines("Bản ghi chờ xử lý", "Records that a service has not done.", "fieldtally:lag_records", "{{service}}"),
        Panel(Kind.BARS, "Từ chối theo lý do", "Records rejected, by reason.", "none",
              (Prom("sum by (reason) (fieldtally_rejected_total) > 0", "{{reason}}"),), 12, 8),
        Panel(Kind.BARS, "Số thứ tự thiếu", "Numbers not counted, by class; withdrawn ones are closed.", "none",
              (Prom("sum by (kind) (fieldtally_stream_holes)", "{{kind}}"),), 12, 8),
        lines("Đối soát", "Figures compared and found equal, by sides.",
              "sum by (sides) (fieldtally_reconcile_compared) - sum by (sides) (fieldtally_reconcile_differences)",
              "{{sides}}"),
        lines("Khởi động lại trong 15 phút", "Restarts within 15 minutes, by service.", "fieldtally:restarts_15m",
              "{{service}}"),
        lines("Bộ nhớ", "Resident memory of each service.", "process_resident_memory_bytes", "{{job}}", "bytes"),
        lines("Ổ đĩa Kafka còn trống", "Share of a broker's disks that is free.",
              "fieldtally_broker_disk_free_bytes / fieldtally_broker_disk_size_bytes", "{{broker}}", "percentunit"),
        Panel(Kind.TABLE, "Cảnh báo", "Alerts that fire; the runbook has a section for each.", "none",
              (Prom('sum by (alertname) (ALERTS{alertstate="firing"})'),), 24, 6),
    ),
)  # fmt: skip
TABLETS = Dashboard(
    "fieldtally-tablets", "Máy bảng", "Which tablets are silent, off the clock, rejected, or hold events still.",
    (PROVINCE,),
    (
        numbers("Máy bảng đã liên lạc", "Tablets that ever were in contact.", "sum(fieldtally_tablets)", width=6),
        numbers("Im lặng", "Tablets not heard for 14 days, and heard within 60.", "sum(fieldtally_tablets_silent)",
                width=6),
        numbers("Lệch giờ", "Tablets whose clock is more than 5 minutes off.", "sum(fieldtally_tablets_skewed)",
                width=6),
        numbers("Sự kiện còn chờ", "Events that wait on tablets, as these stated last.",
                "sum(fieldtally_tablets_waiting_events)", width=6),
        table("Máy bảng theo xã", "What came of each tablet, the longest silent first; numbers missing and rejected.",
              'SELECT name AS "Xã", source AS "Máy bảng", events AS "Sự kiện", latest_receipt AS "Nhận lúc", '
              'missing AS "Thiếu", rejected AS "Từ chối", commune FROM dashboards.sources '
              "WHERE is_tablet AND split_part(province, ':', 2) ~ '^($province)$' ORDER BY latest_receipt",
              links={"Xã": TO_COMMUNE}),
    ),
)  # fmt: skip
DASHBOARDS = (PROGRAMME, COMMUNE_BOARD, PIPELINE, TABLETS)
