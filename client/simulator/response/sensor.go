package response

import (
	"strconv"
	"strings"
	"time"

	"github.com/cbscript/cbscript/client/simulator/story"
)

// sensor is an endpoint as the server administers it. What was asked of a sensor happens at its next check-in; since
// the story's clock stands still, a sensor that is online checks in at the second answer about it after a change, so
// that whoever polls sees it wait once and then done. A sensor that is offline waits for ever.
type sensor struct {
	*story.Endpoint
	group       int
	isolate     bool // asked for
	isolating   bool // in force
	restart     bool
	uninstall   bool
	uninstalled bool
	display     bool
	notes       *string
	flush       *time.Time
	boots       int
	started     time.Time // of the sensor
	queued      int64     // bytes of events
	checkin     time.Time
	online      bool
	polls       int // answers about the sensor since it was asked for something
}

func newSensor(e *story.Endpoint) *sensor {
	return &sensor{
		Endpoint: e, group: e.Group.ID, display: true, boots: 2 + e.ID%7, started: e.Booted.Add(time.Minute),
		queued: e.Queued, checkin: e.LastSeen, online: e.Online,
	}
}

// pending reports whether the sensor was asked for something that it has not done yet.
func (s *sensor) pending() bool {
	return s.isolate != s.isolating || s.restart || s.uninstall && !s.uninstalled || s.flush != nil
}

// polled notes an answer about the sensor, and with the second one after a change its check-in.
func (s *sensor) polled(now time.Time) {
	if !s.pending() || !s.online || s.uninstalled {
		return
	}
	if s.polls++; s.polls < 2 {
		return
	}
	s.polls = 0
	s.checkin = now
	s.isolating = s.isolate
	if s.restart {
		s.restart, s.started = false, now
	}
	if s.flush != nil {
		s.flush, s.queued = nil, 0
	}
	if s.uninstall {
		s.uninstalled = true
	}
}

// serverZone is the time zone of the server, in which it writes the times of sensors.
var serverZone = time.FixedZone("", -6*60*60)

// serverTime is the form of those times.
const serverTime = "2006-01-02 15:04:05.000000-07:00"

func inServerZone(t time.Time) string { return t.In(serverZone).Format(serverTime) }

// sensorDoc is a sensor's document.
//
// Source: contract/samples/sensor.json, recorded from 6.2, with numbers that are text.
type sensorDoc struct {
	ID                int     `json:"id"`
	ComputerName      string  `json:"computer_name"`
	ComputerDNSName   string  `json:"computer_dns_name"`
	ComputerSID       string  `json:"computer_sid"`
	OSDisplay         string  `json:"os_environment_display_string"`
	OSEnvironmentID   int     `json:"os_environment_id"`
	OSType            int     `json:"os_type"`
	GroupID           int     `json:"group_id"`
	NodeID            int     `json:"node_id"`
	ShardID           int     `json:"shard_id"`
	BuildID           int     `json:"build_id"`
	BuildVersion      string  `json:"build_version_string"`
	BootID            string  `json:"boot_id"`
	Cookie            int     `json:"cookie"`
	ClockDelta        string  `json:"clock_delta"`
	Status            string  `json:"status"`
	PowerState        int     `json:"power_state"`
	Display           bool    `json:"display"`
	Health            int     `json:"sensor_health_status"`
	HealthMessage     string  `json:"sensor_health_message"`
	Uptime            string  `json:"uptime"`
	SensorUptime      string  `json:"sensor_uptime"`
	RegistrationTime  string  `json:"registration_time"`
	LastCheckin       string  `json:"last_checkin_time"`
	NextCheckin       string  `json:"next_checkin_time"`
	LastUpdate        string  `json:"last_update"`
	LicenseExpiration string  `json:"license_expiration"`
	NetworkAdapters   string  `json:"network_adapters"`
	PhysicalMemory    string  `json:"physical_memory_size"`
	VolumeTotal       string  `json:"systemvolume_total_size"`
	VolumeFree        string  `json:"systemvolume_free_size"`
	EventlogBytes     string  `json:"num_eventlog_bytes"`
	StorefilesBytes   string  `json:"num_storefiles_bytes"`
	ParityHostID      string  `json:"parity_host_id"`
	SupportsCblr      bool    `json:"supports_cblr"`
	SupportsIsolation bool    `json:"supports_isolation"`
	SupportsModloads2 bool    `json:"supports_2nd_gen_modloads"`
	NetworkIsolation  bool    `json:"network_isolation_enabled"`
	IsIsolating       bool    `json:"is_isolating"`
	RestartQueued     bool    `json:"restart_queued"`
	Uninstall         bool    `json:"uninstall"`
	Uninstalled       *bool   `json:"uninstalled"`
	Notes             *string `json:"notes"`
	FlushTime         *string `json:"event_log_flush_time"`
	EmetVersion       string  `json:"emet_version"`
	EmetTelemetryPath string  `json:"emet_telemetry_path"`
	EmetDumpFlags     string  `json:"emet_dump_flags"`
	EmetReportSetting string  `json:"emet_report_setting"`
	EmetExploitAction string  `json:"emet_exploit_action"`
	EmetProcessCount  int     `json:"emet_process_count"`
	EmetIsGPO         bool    `json:"emet_is_gpo"`
}

// doc gives the document at the given time.
func (s *sensor) doc(now time.Time) sensorDoc {
	seconds := func(since time.Time) string { return strconv.Itoa(int(now.Sub(since).Seconds())) }
	d := sensorDoc{
		ID: s.ID, ComputerName: s.Name, ComputerDNSName: s.DNS, ComputerSID: s.SID, OSDisplay: s.System,
		OSEnvironmentID: systemID(s.System), OSType: int(s.Platform), GroupID: s.group, BuildID: 2,
		BuildVersion: s.Build, BootID: strconv.Itoa(s.boots), Cookie: 1100000000 + s.ID*7919, ClockDelta: strconv.Itoa(s.ID * 37 % 120),
		Status: s.status(), Display: s.display, Health: s.Health, HealthMessage: s.HealthText,
		Uptime: seconds(s.Booted), SensorUptime: seconds(s.started), RegistrationTime: inServerZone(s.Registered),
		LastCheckin: inServerZone(s.checkin), NextCheckin: inServerZone(s.checkin.Add(29*time.Second + 997465*time.Microsecond)),
		LastUpdate: inServerZone(s.checkin.Add(6118348 * time.Microsecond)), LicenseExpiration: "1990-01-01 00:00:00-06:00",
		NetworkAdapters: s.Address.String() + "," + s.MAC + "|", PhysicalMemory: strconv.FormatInt(s.Memory, 10),
		VolumeTotal: strconv.FormatInt(s.Disk, 10), VolumeFree: strconv.FormatInt(s.Free, 10),
		EventlogBytes: strconv.FormatInt(s.queued, 10), StorefilesBytes: "0", ParityHostID: strconv.Itoa(s.ParityHost),
		SupportsCblr: true, SupportsIsolation: s.Platform != story.Linux, NetworkIsolation: s.isolate, IsIsolating: s.isolating,
		RestartQueued: s.restart, Uninstall: s.uninstall, Notes: s.notes,
		EmetReportSetting: " (Locally configured)", EmetExploitAction: " (Locally configured)",
	}
	if s.uninstalled {
		d.Uninstalled = new(true)
	}
	if s.flush != nil {
		d.FlushTime = new(inServerZone(*s.flush))
	}
	return d
}

func (s *sensor) status() string {
	switch {
	case s.uninstalled:
		return "Uninstalled"
	case s.online:
		return "Online"
	}
	return "Offline"
}

// systemID numbers the operating systems.
func systemID(name string) int {
	for i, prefix := range []string{"Windows 7", "Windows 10", "Windows Server", "CentOS", "macOS"} {
		if strings.HasPrefix(name, prefix) {
			return i + 1
		}
	}
	return 0
}
