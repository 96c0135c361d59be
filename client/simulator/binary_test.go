package simulator_test

import (
	"archive/zip"
	"bytes"
	"debug/pe"
	"encoding/base64"
	"encoding/json"
	"image/png"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cbscript/cbscript/client/simulator"
)

// unzip reads an archive that the server answers.
func unzip(t *testing.T, s *simulator.Server, path string) map[string][]byte {
	t.Helper()
	status, body := call(t, s, http.MethodGet, path, "")
	z, err := zip.NewReader(bytes.NewReader(body), int64(len(body)))
	if err != nil || status != 200 {
		t.Fatalf("%s: status %d: %v", path, status, err)
	}
	files := make(map[string][]byte)
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		if files[f.Name], err = io.ReadAll(r); err != nil {
			t.Fatal(err)
		}
	}
	return files
}

const netMD5 = "79B6D4C5283FC806387C55B8D7C8B762"

func TestBinary(t *testing.T) {
	s := start(t, simulator.Options{})
	for _, md5 := range []string{netMD5, strings.ToLower(netMD5)} {
		b := get[map[string]any](t, s, "/api/v1/binary/"+md5+"/summary")
		want := map[string]any{
			"md5": netMD5, "digsig_result": "Signed", "digsig_publisher": "Microsoft Corporation",
			"digsig_sign_time": "2012-07-26T03:26:00Z", "os_type": "Windows", "endpoint": []any{"WIN-IA9NQ1GN8OI|3"},
			"observed_filename": []any{`c:\windows\system32\net.exe`}, "host_count": float64(1),
		}
		for field, w := range want {
			if diff := cmp.Diff(w, b[field]); diff != "" {
				t.Errorf("%s (-want +got):\n%s", field, diff)
			}
		}
		icon, err := base64.StdEncoding.DecodeString(b["icon"].(string))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := png.Decode(bytes.NewReader(icon)); err != nil {
			t.Error(err)
		}
		if _, body := call(t, s, http.MethodGet, "/api/v1/binary/"+md5+"/icon", ""); !bytes.Equal(body, icon) {
			t.Error("the icon on its own differs from that of the summary")
		}
		files := unzip(t, s, "/api/v1/binary/"+md5)
		if _, err := pe.NewFile(bytes.NewReader(files["filedata"])); err != nil || len(files) != 2 {
			t.Errorf("%d files, the program: %v", len(files), err)
		}
		meta := "Timestamp                      : 11/11/2016 20:59:25\r\nOrigFilename                   : \\Device\\HarddiskVolume2\\windows\\system32\\net.exe\r\n"
		if diff := cmp.Diff(meta, string(files["metadata"])); diff != "" {
			t.Errorf("metadata (-want +got):\n%s", diff)
		}
	}
	for _, path := range []string{"00000000000000000000000000000000/summary", "00000000000000000000000000000000", "x/icon"} {
		if status, _ := call(t, s, http.MethodGet, "/api/v1/binary/"+path, ""); status != 404 {
			t.Errorf("%s: status %d", path, status)
		}
	}
}

func TestBinarySearch(t *testing.T) {
	s := start(t, simulator.Options{})
	total := func(q string) int {
		v := get[struct {
			Total int `json:"total_results"`
		}](t, s, "/api/v1/binary?rows=0&q="+strings.NewReplacer(" ", "+", "[", "%5B", "]", "%5D", `\`, "%5C").Replace(q))
		return v.Total
	}
	all := total("")
	if all < 100 {
		t.Fatalf("%d binaries", all)
	}
	for _, tt := range []struct {
		q    string
		want int
	}{
		{"md5:" + netMD5, 1},
		{"md5:" + strings.ToLower(netMD5), 1},
		{"host_count:[1 TO *]", all},
		{"digsig_result:Signed", all - total("-digsig_result:Signed")},
		{"digsig_result:Expired", 1},
		{"digsig_result:\"Untrusted Root\"", 1},
		{"alliance_score_virustotal:[40 TO *]", 2},
		{"observed_filename:winhelp\\*", 5},
		{"os_type:osx is_executable_image:true original_filename:*", 0},
		{"endpoint:WIN-IA9NQ1GN8OI|3 digsig_publisher:google", 3},
		{"mimikatz", 1},
	} {
		if got := total(tt.q); got != tt.want {
			t.Errorf("%s: got %d, want %d", tt.q, got, tt.want)
		}
	}
	if status, _ := call(t, s, http.MethodGet, "/api/v1/binary?q=process_name%3Anet.exe", ""); status != 400 {
		t.Errorf("a field of processes: status %d", status)
	}
	facets := get[struct {
		Facets map[string][]map[string]any
	}](t, s, "/api/v1/binary?q=&rows=0&facet=true&facet.field=digsig_result&facet.field=os_type")
	if len(facets.Facets["digsig_result"]) != 4 || facets.Facets["os_type"][0]["name"] != "Windows" {
		t.Errorf("facets %v", facets.Facets)
	}
}

func TestFrequency(t *testing.T) {
	s := start(t, simulator.Options{})
	got := get[map[string]int](t, s, "/api/v1/process/host/count?cb.freqver=1&md5="+netMD5+"&name=md5")
	if got["hostCount"] != 1 || got["globalCount"] != 2 || got["numDocs"] < 5000 {
		t.Errorf("got %v", got)
	}
	if got := get[map[string]int](t, s, "/api/v1/process/host/count?md5=0&name=md5"); got["hostCount"] != 0 {
		t.Errorf("an unknown hash: got %v", got)
	}
	if status, _ := call(t, s, http.MethodGet, "/api/v1/process/host/count", ""); status != 400 {
		t.Errorf("no parameters: status %d", status)
	}
}

func TestBanned(t *testing.T) {
	s := start(t, simulator.Options{})
	r := find(t, s, "block_count:[1 TO *]")
	var blocked struct {
		Blocks []string `json:"processblock_complete"`
	}
	e := get[map[string]json.RawMessage](t, s, "/api/v4/process/"+r.Results[0].ID+"/0/event")
	if err := json.Unmarshal(e["process"], &blocked); err != nil {
		t.Fatal(err)
	}
	var block struct {
		MD5 string `json:"blocked_md5"`
	}
	if err := json.Unmarshal([]byte(blocked.Blocks[0]), &block); err != nil {
		t.Fatal(err)
	}
	for _, md5 := range []string{block.MD5, strings.ToUpper(block.MD5)} {
		ban := get[map[string]any](t, s, "/api/v1/banning/blacklist/"+md5)
		if ban["md5hash"] != block.MD5 || ban["enabled"] != true || ban["block_count"] != float64(3) || ban["last_block_hostname"] != "WS-FIN-05" {
			t.Errorf("got %v", ban)
		}
	}
	if status, _ := call(t, s, http.MethodGet, "/api/v1/banning/blacklist/"+netMD5, ""); status != 404 {
		t.Errorf("not banned: status %d", status)
	}
}
