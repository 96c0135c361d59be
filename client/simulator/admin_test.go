package simulator_test

import (
	"encoding/json"
	"io"
	"net/http"
	"testing"

	"github.com/icholy/digest"

	"github.com/cbscript/cbscript/client/simulator"
)

type partition struct {
	Name   string `json:"name"`
	Status string `json:"status"`
	Info   struct {
		UserMounted bool    `json:"userMounted"`
		IsLegacy    bool    `json:"isLegacy"`
		NumDocs     int     `json:"numDocs"`
		EndDate     *string `json:"endDate"`
		ID          int64   `json:"partitionId"`
	} `json:"info"`
}

const partitions = "/api/v1/storage/events/"

// TestPartitions checks that documents are found only while their partition is mounted.
func TestPartitions(t *testing.T) {
	s := start(t, simulator.Options{})
	list := get[map[string]partition](t, s, partitions+"partition")
	status := make(map[string]int)
	old := ""
	for name, p := range list {
		if name != p.Name || p.Info.IsLegacy || (p.Status == "hot") != (p.Info.EndDate == nil) {
			t.Errorf("%s: %+v", name, p)
		}
		status[p.Status]++
		if p.Status == "warm" && p.Info.NumDocs > 0 && (old == "" || name < old) {
			old = name
		}
	}
	if status["hot"] != 1 || status["cold"] != 1 || status["warm"] < 3 || list["writer"].Info.NumDocs == 0 {
		t.Fatalf("partitions %v", status)
	}
	total := func() int { return find(t, s, "", "rows=0").Total }
	before := total()
	const smss = "/api/v1/process/00000003-0000-02b0-01d2-2ec94115df7a/0" // ended long ago
	for _, tt := range []struct {
		method, path  string
		status, found int
		page          int // of a process stored in that partition
	}{
		{"POST", old + "/unmount", 200, before - list[old].Info.NumDocs, 404},
		{"POST", old + "/mount", 200, before, 200},
		{"POST", "writer/unmount", 400, before, 200},
		{"POST", "cbevents_1999_01_01_0000/mount", 404, before, 200},
		{"POST", "new_partition", 200, before, 200},
		{"DELETE", old, 200, before - list[old].Info.NumDocs, 404},
		{"DELETE", "writer", 400, before - list[old].Info.NumDocs, 404},
		{"DELETE", old, 404, before - list[old].Info.NumDocs, 404},
	} {
		if status, body := call(t, s, tt.method, partitions+tt.path, "null"); status != tt.status {
			t.Errorf("%s %s: status %d, want %d: %s", tt.method, tt.path, status, tt.status, body)
		}
		if got := total(); got != tt.found {
			t.Errorf("after %s %s: %d documents, want %d", tt.method, tt.path, got, tt.found)
		}
		if status, _ := call(t, s, http.MethodGet, smss, ""); status != tt.page {
			t.Errorf("after %s %s: the process has status %d, want %d", tt.method, tt.path, status, tt.page)
		}
	}
	after := get[map[string]partition](t, s, partitions+"partition")
	if after["writer"].Info.ID == list["writer"].Info.ID || after["writer"].Info.NumDocs != 0 || len(after) != len(list) {
		t.Errorf("%d partitions, the new one is %+v", len(after), after["writer"])
	}
}

// TestLegacyPartition checks that documents of a 5.x partition are found only by searches that know them.
func TestLegacyPartition(t *testing.T) {
	s := start(t, simulator.Options{LegacyPartition: true})
	legacy := 0
	for _, p := range get[map[string]partition](t, s, partitions+"partition") {
		if p.Info.IsLegacy {
			legacy += p.Info.NumDocs
		}
	}
	without, with := find(t, s, "").Total, find(t, s, "", "cb.legacy_5x_mode=True").Total
	if legacy == 0 || with-without != legacy {
		t.Errorf("%d documents without and %d with the legacy mode, %d in the partition", without, with, legacy)
	}
}

func TestPartitionVersions(t *testing.T) {
	for version, want := range map[string][2]int{"5.2.0": {404, 404}, "6.0.0": {200, 404}, "6.1.0": {200, 200}, "7.1.0": {200, 200}} {
		s := start(t, simulator.Options{Version: version})
		list, _ := call(t, s, http.MethodGet, partitions+"partition", "")
		create, _ := call(t, s, http.MethodPost, partitions+"new_partition", "null")
		if got := [2]int{list, create}; got != want {
			t.Errorf("%s: status %v, want %v", version, got, want)
		}
	}
}

func TestInfo(t *testing.T) {
	for version, release := range map[string]string{"": "6.2.0-1", "5.2.0.160922.742": "5.2.0-1", "7.1": "7.1.0-1"} {
		s := start(t, simulator.Options{Version: version})
		info := get[map[string]any](t, s, "/api/info")
		if want := version; want != "" && info["version"] != want || info["version_release"] != release || info["cblrEnabled"] != true {
			t.Errorf("%s: version %v, release %v", version, info["version"], info["version_release"])
		}
		if _, ok := info["features"]; ok != (version != "5.2.0.160922.742") {
			t.Errorf("%s: features %v", version, info["features"])
		}
	}
	for _, version := range []string{"6", "six.two", "4.2.1", "8.0", "6.x"} {
		if s, err := simulator.Start(simulator.Options{Version: version}); err == nil {
			s.Close()
			t.Errorf("version %q was accepted", version)
		}
	}
}

func TestLicense(t *testing.T) {
	s := start(t, simulator.Options{})
	for _, path := range []string{"/api/license", "/api/v1/license"} {
		if doc := get[map[string]any](t, s, path); doc["license_request_block"] == "" {
			t.Errorf("%s: %v", path, doc)
		}
	}
	for body, want := range map[string]string{`{"license": "block"}`: "success", `{"license": ""}`: "failure"} {
		_, answer := call(t, s, http.MethodPost, "/api/license", body)
		var doc map[string]string
		if err := json.Unmarshal(answer, &doc); err != nil || doc["status"] != want {
			t.Errorf("%s: %s (%v)", body, answer, err)
		}
	}
	if status, _ := call(t, s, http.MethodPost, "/api/license", "x"); status != 400 {
		t.Errorf("no JSON: status %d", status)
	}
}

func TestDigest(t *testing.T) {
	s := start(t, simulator.Options{Token: "the token"})
	for _, tt := range []struct {
		user, password string
		want           int
	}{
		{simulator.DemoUser, simulator.DemoPassword, 200}, {simulator.DemoUser, "wrong", 401}, {"nobody", simulator.DemoPassword, 401},
	} {
		client := httpClient(t, s, false)
		client.Transport = &digest.Transport{Username: tt.user, Password: tt.password, Transport: client.Transport}
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL()+"/api/auth", nil)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if err != nil || resp.StatusCode != tt.want {
			t.Errorf("%s: status %d, want %d (%v)", tt.user, resp.StatusCode, tt.want, err)
		}
		var doc map[string]any
		if tt.want == 200 && (json.Unmarshal(body, &doc) != nil || doc["auth_token"] != "the token") {
			t.Errorf("%s: %s", tt.user, body)
		}
	}
	// A challenge that the server did not give is refused, however right the rest may be.
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL()+"/api/auth", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", `Digest username="analyst", nonce="ffffffffffffffff0000000000000000", uri="/api/auth", response="0"`)
	resp, err := httpClient(t, s, false).Do(req)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != 401 {
		t.Errorf("a challenge of the client's own: status %d", resp.StatusCode)
	}
}
