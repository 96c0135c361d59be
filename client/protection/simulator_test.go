package protection_test

import (
	"context"
	"crypto/md5"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cbscript/cbscript/client"
	"github.com/cbscript/cbscript/client/credentials"
	"github.com/cbscript/cbscript/client/demo"
	"github.com/cbscript/cbscript/client/internal/wiretest"
	"github.com/cbscript/cbscript/client/protection"
	"github.com/cbscript/cbscript/client/simulator"
)

// TestEveryModelOnASimulator: on servers of both kinds each model is listed, counted and read again by its id, or refused
// with the version that has it.
func TestEveryModelOnASimulator(t *testing.T) {
	empty := map[string]bool{"FileAnalysis": true, "FileUpload": true, "Notification": true, "PendingAnalysis": true}
	for version, old := range map[string]bool{"8.0.0.2562": false, "7.2.3.3106": true} {
		cb, _ := wiretest.Simulated(t, protection.API(), simulator.Options{ProtectionVersion: version})
		for _, m := range models {
			q := cb.Select(kind(t, m.class))
			o, err := q.First(t.Context())
			if old && m.since != "" {
				if !wiretest.IsError(err, "ApiError", "needs Cb Protection 8.0") {
					t.Errorf("%s on %s: %v", m.class, version, err)
				}
				continue
			}
			if err != nil || o == nil != empty[m.class] {
				t.Errorf("%s on %s: %v, %v", m.class, version, o, err)
				continue
			}
			if n := wiretest.Must[int](t)(q.Count(t.Context())); (n == 0) != empty[m.class] {
				t.Errorf("%s on %s: %d rows", m.class, version, n)
			}
			if o == nil {
				continue
			}
			again := wiretest.Must[*client.Object](t)(cb.SelectID(t.Context(), o.Kind(), o.ID().Value, client.Args{"force_init": true}))
			want, got := wiretest.Must[map[string]any](t)(o.Document(t.Context())), wiretest.Must[map[string]any](t)(again.Document(t.Context()))
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s by id differs from its row:\n%s", m.class, diff)
			}
			for _, name := range o.Kind().Names() { // every attribute can be read, or is a secret or a method
				a, _ := o.Kind().Attribute(name)
				if a.Method != nil || name == "file" || a.Field != nil && a.Field.Secret {
					continue
				}
				if _, err := o.Get(t.Context(), name); err != nil {
					t.Errorf("%s.%s: %v", m.class, name, err)
				}
			}
		}
	}
}

// TestNoRowIsLost: known-bugs.md, row 5: a result of more than a page has every row once.
func TestNoRowIsLost(t *testing.T) {
	cb, _ := wiretest.Simulated(t, protection.API(), simulator.Options{})
	q := cb.Select(protection.FileInstance)
	n, seen := wiretest.Must[int](t)(q.Count(t.Context())), map[any]bool{}
	for o, err := range q.All(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		seen[o.ID().Value] = true
	}
	if n <= 1000 || len(seen) != n {
		t.Errorf("%d of %d rows", len(seen), n)
	}
}

// TestGuide: the product's part of the guide's first example: unapproved files, their names and their computers.
func TestGuide(t *testing.T) {
	cb, sim := wiretest.Simulated(t, protection.API(), simulator.Options{})
	q := cb.Select(protection.FileInstance).Where("localState:1").Where("executed:true").Sort("fileName")
	var got []string
	for fi, err := range q.All(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		catalog := wiretest.Must[any](t)(fi.Get(t.Context(), "fileCatalog")).(*client.Object)
		computer := wiretest.Must[any](t)(fi.Get(t.Context(), "computer")).(*client.Object)
		got = append(got, fmt.Sprint(wiretest.Must[any](t)(fi.Get(t.Context(), "fileName")), " ", wiretest.Must[any](t)(computer.Get(t.Context(), "name")), " ", wiretest.Must[any](t)(catalog.Get(t.Context(), "prevalence"))))
	}
	want := []string{`intranet.exe BRIGHTWATER\WS-HR-02 1`, `toolbar.exe BRIGHTWATER\WS-SAL-01 1`, `wmihost.exe BRIGHTWATER\WS-FIN-04 1`}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("unapproved files that were run (-want +got):\n%s", diff)
	}
	if n := len(sim.Requests()); n > 1+1+2*len(got) {
		t.Errorf("it took %d requests", n)
	}
}

// TestCertificateChain: a file's certificate leads up to its issuer.
func TestCertificateChain(t *testing.T) {
	cb, _ := wiretest.Simulated(t, protection.API(), simulator.Options{})
	file := wiretest.Must[*client.Object](t)(cb.Select(protection.FileCatalog).WhereTerm("fileName", "chrome.exe").One(t.Context()))
	var chain []any
	at := wiretest.Must[any](t)(file.Get(t.Context(), "certificate"))
	for at != nil {
		certificate := at.(*client.Object)
		chain = append(chain, wiretest.Must[any](t)(certificate.Get(t.Context(), "subjectName")))
		at = wiretest.Must[any](t)(certificate.Get(t.Context(), "parent"))
	}
	if diff := cmp.Diff([]any{"CN=Google Inc", "CN=VeriSign Class 3 Code Signing 2010 CA"}, chain); diff != "" {
		t.Errorf("chain (-want +got):\n%s", diff)
	}
	publisher := wiretest.Must[any](t)(file.Get(t.Context(), "publisher")).(*client.Object)
	if name := wiretest.Must[any](t)(publisher.Get(t.Context(), "name")); name != "Google Inc" {
		t.Errorf("the publisher is %v", name)
	}
}

// TestMoveAndReset: a computer is moved to a policy, gets other diagnostics, is made a template, and gets a new password.
func TestMoveAndReset(t *testing.T) {
	cb, _ := wiretest.Simulated(t, protection.API(), simulator.Options{})
	ctx := t.Context()
	computer := wiretest.Must[*client.Object](t)(cb.Select(protection.Computer).Where(`name:*\WS-FIN-04`).One(ctx))
	policy := wiretest.Must[*client.Object](t)(cb.Select(protection.Policy).WhereTerm("name", "Finance").One(ctx))
	for name, value := range map[string]any{"policy": policy, "debugLevel": 7, "ccLevel": 2, "template": true, "templateCloneCleanupMode": 2, "tamperProtectionActive": false, "description": "under investigation"} {
		if err := computer.Set(ctx, name, value); err != nil {
			t.Fatal(err)
		}
	}
	if err := computer.Save(ctx); err != nil {
		t.Fatal(err)
	}
	got := wiretest.Must[any](t)(wiretest.Read(ctx, computer, "policyName", "debugLevel", "ccLevel", "template", "templateCloneCleanupMode", "tamperProtectionActive", "description", "templateDate"))
	want := map[string]any{"policyName": "Finance", "debugLevel": int64(7), "ccLevel": int64(2), "template": true, "templateCloneCleanupMode": int64(2),
		"tamperProtectionActive": false, "description": "under investigation", "templateDate": "2016-11-11 21:30:00 +0000 UTC"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("after the save (-want +got):\n%s", diff)
	}
	one, two := wiretest.Must[string](t)(protection.ResetCLIPassword(ctx, computer)), wiretest.Must[string](t)(protection.ResetCLIPassword(ctx, computer))
	if one == "" || one == two {
		t.Errorf("the passwords are %q and %q", one, two)
	}
	if err := computer.Delete(ctx); err != nil {
		t.Fatal(err)
	}
	if n := wiretest.Must[int](t)(cb.Select(protection.Computer).Where(`name:*\WS-FIN-04`).Where("deleted:false").Count(ctx)); n != 0 {
		t.Errorf("%d computers are left", n)
	}
}

// TestConnectorOnASimulator: a connector reads the files that it is asked to analyse, and tells what it found.
func TestConnectorOnASimulator(t *testing.T) {
	cb, _ := wiretest.Simulated(t, protection.API(), simulator.Options{})
	ctx := t.Context()
	connector := wiretest.Must[*client.Object](t)(cb.Create(ctx, protection.Connector, map[string]any{"name": "Lab", "analysisName": "Lab", "connectorVersion": "1.0",
		"canAnalyze": true, "enabled": true, "analysisEnabled": true}))
	if err := connector.Save(ctx); err != nil {
		t.Fatal(err)
	}
	q := wiretest.Must[any](t)(connector.Get(ctx, "pendingAnalyses")).(*client.Query)
	analyses := wiretest.Must[[]*client.Object](t)(q.Slice(ctx, 0, 100))
	told := 0
	for _, a := range analyses {
		if wiretest.Must[any](t)(a.Get(ctx, "uploaded")) != true {
			if err := errors.Join(a.Set(ctx, "analysisStatus", 5), a.Save(ctx)); err != nil {
				t.Fatal(err)
			}
			continue
		}
		file := wiretest.Must[any](t)(a.Get(ctx, "file")).(*client.File)
		content := wiretest.Must[[]byte](t)(io.ReadAll(file))
		file.Close()
		sum := md5.Sum(content)
		if hash := wiretest.Must[any](t)(a.Get(ctx, "fileHash")); hash != hex.EncodeToString(sum[:]) {
			t.Errorf("the content of %v is not that of %v", file.Name, hash)
		}
		n := wiretest.Must[*client.Object](t)(protection.CreateNotification(ctx, a, map[string]any{"analysisResult": 3, "malwareName": "Test", "time": time.Date(2016, 11, 11, 21, 0, 0, 0, time.UTC)}))
		if err := n.Save(ctx); err != nil {
			t.Fatal(err)
		}
		told++
	}
	if left := wiretest.Must[int](t)(q.Count(ctx)); len(analyses) != 4 || told != 3 || left != 0 {
		t.Errorf("%d analyses, %d told, %d left", len(analyses), told, left)
	}
}

// TestUploadAndAnalyse: a file is asked for, read, and given to a connector.
func TestUploadAndAnalyse(t *testing.T) {
	cb, _ := wiretest.Simulated(t, protection.API(), simulator.Options{})
	ctx := t.Context()
	file := wiretest.Must[*client.Object](t)(cb.Select(protection.FileCatalog).Where("fileName:m64.exe").One(ctx))
	upload := wiretest.Must[*client.Object](t)(cb.Create(ctx, protection.FileUpload, map[string]any{"fileCatalogId": file, "computerId": 114, "priority": 2}))
	if err := upload.Save(ctx); err != nil {
		t.Fatal(err)
	}
	if status := wiretest.Must[any](t)(upload.Get(ctx, "uploadStatus")); status != int64(3) {
		t.Errorf("the upload has the status %v", status)
	}
	content := wiretest.Show(wiretest.Must[any](t)(upload.Get(ctx, "file"))).(string)
	if size := wiretest.Must[any](t)(file.Get(ctx, "fileSize")); int64(len(content)) != size {
		t.Errorf("%d bytes of %v", len(content), size)
	}
	_, err := wiretest.Creating(protection.FileAnalysis, map[string]any{"fileCatalogId": file, "connectorId": 1})(ctx, cb)
	if !wiretest.IsError(err, "ServerError", "can analyse") {
		t.Errorf("got %v", err)
	}
}

// TestFaults: a page that breaks in the middle, a body that is cut, a server that asks to wait.
func TestFaults(t *testing.T) {
	for name, fault := range map[string]simulator.Fault{
		"500":      {Query: "offset=1000", Status: 500, Body: "disk full"},
		"cut":      {Query: "offset=1000", CutAfter: 100},
		"bad JSON": {Query: "offset=1000", BadJSON: true},
		"login":    {Query: "offset=1000", HTML: true},
	} {
		cb, sim := wiretest.Simulated(t, protection.API(), simulator.Options{})
		sim.Inject(fault)
		rows := 0
		var failure error
		for _, err := range cb.Select(protection.FileInstance).All(t.Context()) {
			if err != nil {
				failure = err
				break
			}
			rows++
		}
		if rows != 1000 || failure == nil {
			t.Errorf("%s: %d rows, then %v", name, rows, failure)
		}
	}
	cb, sim := wiretest.Simulated(t, protection.API(), simulator.Options{})
	sim.Inject(simulator.Fault{Method: "GET", Query: "offset=0", Times: 1, Status: 502})
	if _, err := cb.Select(protection.Policy).First(t.Context()); err != nil {
		t.Errorf("a proxy's failure was not tried again: %v", err)
	}
}

func Example() {
	sim, err := simulator.Start(simulator.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer sim.Close()
	g, err := demo.Connect(sim, credentials.Protection)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer g.Close()
	ctx := context.Background()
	cb := protection.New(g)
	for computer, err := range cb.Select(protection.Computer).Where("policyName:Quarantine").All(ctx) {
		if err != nil {
			fmt.Println(err)
			return
		}
		name, err := computer.Get(ctx, "name")
		fmt.Println(name, err)
	}
	// Output:
	// BRIGHTWATER\WS-FIN-04 <nil>
	// BRIGHTWATER\WS-FIN-05 <nil>
}

func BenchmarkIterate(b *testing.B) {
	cb, _ := wiretest.Simulated(b, protection.API(), simulator.Options{})
	b.ReportAllocs()
	for b.Loop() {
		n := 0
		for o, err := range cb.Select(protection.FileInstance).All(b.Context()) {
			if err != nil {
				b.Fatal(err)
			}
			if _, err := o.Get(b.Context(), "fileName"); err != nil {
				b.Fatal(err)
			}
			n++
		}
		b.ReportMetric(float64(n), "rows/op")
	}
}
