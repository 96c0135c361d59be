package protection_test

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cbscript/cbscript/client"
	"github.com/cbscript/cbscript/client/protection"
)

// told is a server that gives the answers that a test says, by "METHOD path?query".
type told map[string]string

func (s told) RoundTrip(req *http.Request) (*http.Response, error) {
	text, ok := s[req.Method+" "+req.URL.RequestURI()]
	resp := &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(text)), ContentLength: -1, Request: req}
	if !ok {
		resp.StatusCode = http.StatusNotFound
	}
	return resp, nil
}

// receive sends requests to such a server, reads the answers, and gives what was noted.
func receive(t *testing.T, answers told, requests ...string) []client.Receipt {
	t.Helper()
	var got []client.Receipt
	way := protection.API().Receipts(answers, func(r client.Receipt) { got = append(got, r) })
	for _, request := range requests {
		method, path, _ := strings.Cut(request, " ")
		req, err := http.NewRequestWithContext(t.Context(), method, "https://cb.example"+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := way.RoundTrip(req)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(io.Discard, resp.Body); err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
	}
	return got
}

func zipped(t *testing.T, data string) string {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w, err := z.Create("x.exe")
	if err == nil {
		_, err = io.WriteString(w, data)
	}
	if err == nil {
		err = z.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestReceipts(t *testing.T) {
	const base = "/api/bit9platform/v1/"
	answers := told{
		"GET " + base + "computer/3":                              `{"id": 3, "name": "ACME\\WS"}`,
		"GET " + base + "computer?limit=1":                        `[{"id": 3, "name": "ACME\\WS"}, {"id": "x"}, 7]`,
		"GET " + base + "computer?limit=2":                        `[{"id": 3, "name": "ACME\\WS"}]`,
		"GET " + base + "fileUpload/7":                            `{"id": 7, "computerId": 3, "fileName": "x.exe", "pathName": "c:\\temp"}`,
		"POST " + base + "fileUpload":                             `{"id": 7, "computerId": 3, "fileName": "x", "pathName": "/tmp"}`,
		"GET " + base + "fileUpload/7?downloadFile=true":          zipped(t, "data"),
		"GET " + base + "pendingAnalysis/7?downloadFile=true":     zipped(t, "data"),
		"GET " + base + "fileUpload/8?downloadFile=true":          "no archive",
		"GET " + base + "fileUpload/7?downloadFile=true&expand=x": zipped(t, "data"),
		"GET " + base + "fileCatalog/7?downloadFile=true":         zipped(t, "data"),
	}
	file := "GET " + base + "fileUpload/7?downloadFile=true"
	receipt := func(object string, change func(r *client.Receipt)) []client.Receipt {
		r := client.Receipt{SHA256: sha256.Sum256([]byte("data")), Size: 4, Kind: client.ReceiptUpload, Object: object}
		change(&r)
		return []client.Receipt{r}
	}
	for _, test := range []struct {
		name     string
		requests []string
		want     []client.Receipt
	}{
		{"all is known", []string{"GET " + base + "computer/3", "GET " + base + "fileUpload/7", file},
			receipt("FileUpload 7", func(r *client.Receipt) { r.Sensor, r.Host, r.Path = 3, `ACME\WS`, `c:\temp\x.exe` })},
		{"the computer came in a list, and the wish was made", []string{"GET " + base + "computer?limit=2", "POST " + base + "fileUpload", file},
			receipt("FileUpload 7", func(r *client.Receipt) { r.Sensor, r.Host, r.Path = 3, `ACME\WS`, "/tmp/x" })},
		{"a list that cannot be read", []string{"GET " + base + "computer?limit=1", "GET " + base + "fileUpload/7", file},
			receipt("FileUpload 7", func(r *client.Receipt) { r.Sensor, r.Path = 3, `c:\temp\x.exe` })},
		{"nothing is known", []string{file}, receipt("FileUpload 7", func(*client.Receipt) {})},
		{"an analysis of the same number", []string{"GET " + base + "fileUpload/7", "GET " + base + "pendingAnalysis/7?downloadFile=true"},
			receipt("PendingAnalysis 7", func(*client.Receipt) {})},
		{"no archive", []string{"GET " + base + "fileUpload/8?downloadFile=true"}, nil},
		{"a request that may mean something else", []string{file + "&expand=x"}, nil},
		{"another model", []string{"GET " + base + "fileCatalog/7?downloadFile=true"}, nil},
		{"a file that is not there", []string{"GET " + base + "fileUpload/9?downloadFile=true"}, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, receive(t, answers, test.requests...)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func FuzzReceipts(f *testing.F) {
	f.Add(`{"id": 7, "computerId": 3, "fileName": "x", "pathName": "/"}`, `[{"id": 3, "name": "a"}]`)
	f.Add(`{"id": -7, "computerId": -3}`, `null`)
	f.Add(`[]`, `{"id": 1e99, "name": 7}`)
	f.Fuzz(func(t *testing.T, upload, computer string) {
		const base = "/api/bit9platform/v1/"
		answers := told{"GET " + base + "fileUpload/7": upload, "GET " + base + "computer/3": computer, "GET " + base + "fileUpload/7?downloadFile=true": zipped(t, "x")}
		got := receive(t, answers, "GET "+base+"fileUpload/7", "GET "+base+"computer/3", "GET "+base+"fileUpload/7?downloadFile=true")
		if len(got) != 1 || got[0].Sensor < 0 || got[0].Size != 1 {
			t.Errorf("got %+v", got)
		}
	})
}
