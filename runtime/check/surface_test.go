package check_test

import "strings"

// surface is a small one of the host's: enough of the names and capabilities for the tests.
type surface struct{}

var capabilities = map[string][]string{
	"save": {"write"}, "create": {"write"}, "delete": {"write"}, "set_ignored": {"write"}, "change_status": {"write"},
	"isolate": {"isolate"}, "unisolate": {"isolate"},
	"lr_session": {"respond"}, "submit_job": {"respond"}, "create_process": {"respond-write"},
	"delete_file": {"respond-write"}, "put_file": {"respond-write"}, "artifact": {"artifacts"},
}

const (
	responseNames = " cb select create walk_parents "
	responseKinds = " Process Binary Sensor SensorGroup Site User Watchlist Feed ThreatReport Alert BannedHash StoragePartition "
	otherNames    = ` attempt emit artifact param parallel progress log meta struct wait as_completed getattr hasattr enumerate
		zip fmt pad pow sum connect get_api_token fail isolate save lr_session where and_ first
		CbEnterpriseResponseAPI CbResponseAPI CbEnterpriseProtectionAPI CbApi CbClient `
	protectionKinds = " Computer FileInstance FileCatalog FileRule Notification Policy "
	defenseKinds    = " Device Event Policy "
)

func listed(list, name string) bool {
	return strings.Contains(strings.Join(append([]string{""}, append(strings.Fields(list), "")...), " "), " "+name+" ")
}

func (surface) Capabilities(name string) []string { return capabilities[name] }

func (surface) Setting(name string) []string {
	if name == "network_isolation_enabled" {
		return []string{"isolate"}
	}
	return nil
}

func (surface) Predeclared(name string) (string, bool) {
	if listed(responseNames, name) || listed(responseKinds, name) {
		return "response", true
	}
	return "", listed(otherNames, name)
}

func (surface) Model(product, name string) bool {
	switch product {
	case "response":
		return listed(responseKinds, name)
	case "protection":
		return listed(protectionKinds, name)
	case "defense":
		return listed(defenseKinds, name)
	}
	return false
}

func (surface) Secret(name string) bool {
	return listed("password auth_token ssl_client_key apiToken passwordHash passwordSalt", name)
}
