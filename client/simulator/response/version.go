package response

import (
	"fmt"
	"strconv"
	"strings"
)

// DefaultVersion is the server version from which the recorded answers come.
const DefaultVersion = "6.2.0.171114.1158"

// version is a server version. What differs between versions is asked for by name, so that each fact stands once.
type version struct {
	text         string
	major, minor int
}

// parseVersion reads a version; "" is the default. The simulator knows 5.0 to 7.x.
func parseVersion(text string) (version, error) {
	if text == "" {
		text = DefaultVersion
	}
	parts := strings.Split(text, ".")
	if len(parts) < 2 {
		return version{}, fmt.Errorf("server version %q is not of the form MAJOR.MINOR", text)
	}
	major, err := strconv.Atoi(parts[0])
	if err != nil {
		return version{}, fmt.Errorf("server version %q: %w", text, err)
	}
	minor, err := strconv.Atoi(parts[1])
	if err != nil {
		return version{}, fmt.Errorf("server version %q: %w", text, err)
	}
	if major < 5 || major > 7 || minor < 0 {
		return version{}, fmt.Errorf("server version %q is not among those that can be simulated, 5.0 to 7.x", text)
	}
	return version{text, major, minor}, nil
}

func (v version) atLeast(major, minor int) bool {
	return v.major > major || v.major == major && v.minor >= minor
}

// segmented: processes are divided by time into many segments; before, a process is one document.
func (v version) segmented() bool { return v.atLeast(6, 0) }

// partitioned: events are stored in partitions that can be listed.
func (v version) partitioned() bool { return v.atLeast(6, 0) }

// managesPartitions: partitions can be created, mounted, unmounted and deleted.
func (v version) managesPartitions() bool { return v.atLeast(6, 1) }

// filters: the search parameters cb.group and cb.min_last_update and so on are known.
func (v version) filters() bool { return v.atLeast(6, 1) }

// strictSensorWrites: a sensor write may contain the writable fields only.
func (v version) strictSensorWrites() bool { return v.atLeast(7, 1) }

// cutsAlertSegments: the segment's number in an alert is cut to its lower 32 bits.
func (v version) cutsAlertSegments() bool { return v.major == 6 && v.minor == 1 }

// eventRoutes gives the newest form of the event route.
func (v version) eventRoutes() int {
	switch {
	case v.atLeast(6, 0):
		return 4
	case v.atLeast(5, 2):
		return 3
	case v.atLeast(5, 1):
		return 2
	}
	return 1
}

// suppresses: the sensor reports some children only with their parent.
func (v version) suppresses() bool { return v.atLeast(5, 2) }
