package protection_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cbscript/cbscript/client"
	"github.com/cbscript/cbscript/client/internal/wiretest"
	"github.com/cbscript/cbscript/client/protection"
)

func TestCautions(t *testing.T) {
	file := func(publisher, product string) string {
		return fmt.Sprintf(`{"id": 5, "fileName": "a.exe", "prevalence": 31, "fileState": 2, "publisher": %q, "productName": %q}`, publisher, product)
	}
	const (
		catalog = "GET " + root + "fileCatalog/5"
		rule    = "GET " + root + "fileRule/7"
		count   = "GET " + root + "computer?limit=-1&q=deleted%3Afalse"
	)
	by := func(field, value string) string {
		return "GET " + root + "fileCatalog?limit=1&offset=0&q=" + field + "%3A" + value + "&sort=prevalence+DESC"
	}
	system := file("Microsoft Corporation", "Microsoft® Windows® Operating System")
	const onMany, part = "the file a.exe is on 31 computers 31 false", "the file a.exe is part of an operating system, signed by Microsoft Corporation 31 true"
	signed := func(signer string, always bool) []string {
		return []string{fmt.Sprintf("every file that %s signed would be banned, on all 33 computers 33 %v", signer, always)}
	}
	const sha1, sha256 = "7ff26048a2469933a69af6200b114f24e18e8917", "ea9c25f8226e393c188475bb0c748e753bacdec611b3deed1ff8ce6cd9a5bcf5"
	answers := func(pairs ...string) wiretest.Answers {
		a := wiretest.Answers{count: {`200 {"count": 33}`}}
		for i := 0; i < len(pairs); i += 2 {
			a[pairs[i]] = []string{"200 " + pairs[i+1]}
		}
		return a
	}
	create := func(fields map[string]any) wiretest.Step {
		fields["name"] = "x"
		return wiretest.Creating(protection.FileRule, fields)
	}
	for _, c := range []struct {
		name    string
		answers wiretest.Answers
		do      wiretest.Step
		want    []string
	}{
		{"ban of a file of the system", answers(catalog, system), create(map[string]any{"fileState": 3, "fileCatalogId": 5}), []string{onMany, part}},
		{"ban of another file", answers(catalog, file("Contoso", "Contoso Suite")), create(map[string]any{"fileState": 3, "fileCatalogId": 5}), []string{onMany}},
		{"ban of another product of that maker", answers(catalog, file("Microsoft Corporation", "Sysinternals")), create(map[string]any{"fileState": 3, "fileCatalogId": 5}), []string{onMany}},
		{"ban by MD5", answers(by("md5", "4a6e008f312b6dd9c7f9149bbb6d7ef8"), "["+system+"]"), create(map[string]any{"fileState": 3, "hash": "4a6e008f312b6dd9c7f9149bbb6d7ef8"}), []string{onMany, part}},
		{"ban by SHA-1", answers(by("sha1", sha1), "["+system+"]"), create(map[string]any{"fileState": 3, "hash": sha1}), []string{onMany, part}},
		{"ban by SHA-256", answers(by("sha256", sha256), "["+system+"]"), create(map[string]any{"fileState": 3, "hash": sha256}), []string{onMany, part}},
		{"ban by name", answers(by("fileName", "a.exe"), "["+system+"]"), create(map[string]any{"fileState": 3, "fileName": "a.exe"}), []string{onMany, part}},
		{"ban of a file that was never met", answers(by("sha1", sha1), "[]"), create(map[string]any{"fileState": 3, "hash": sha1}), nil},
		{"ban of nothing", answers(), create(map[string]any{"fileState": 3}), nil},
		{"approval", answers(), create(map[string]any{"fileState": 2, "fileCatalogId": 5}), nil},
		{"a rule becomes a ban", answers(rule, `{"id": 7, "name": "x", "fileState": 1, "fileCatalogId": 5}`, catalog, system), wiretest.Changing(protection.FileRule, 7, map[string]any{"fileState": 3}), []string{onMany, part}},
		{"a ban gets another name", answers(rule, `{"id": 7, "name": "x", "fileState": 3, "fileCatalogId": 5}`, catalog, system), wiretest.Changing(protection.FileRule, 7, map[string]any{"name": "y"}), []string{onMany, part}},
		{"a ban is lifted", answers(rule, `{"id": 7, "name": "x", "fileState": 3, "fileCatalogId": 5}`), wiretest.Changing(protection.FileRule, 7, map[string]any{"fileState": 1}), nil},
		{"a ban is deleted", answers(), wiretest.Deleting(protection.FileRule, 7), nil},
		{"a file's own state", answers(catalog, system), wiretest.Changing(protection.FileCatalog, 5, map[string]any{"fileState": 3}), []string{onMany, part}},
		{"a publisher of a system", answers("GET "+root+"publisher/5", `{"id": 5, "name": "Microsoft Corporation", "publisherState": 2}`), wiretest.Changing(protection.Publisher, 5, map[string]any{"publisherState": 3}), signed("Microsoft Corporation", true)},
		{"another publisher", answers("GET "+root+"publisher/5", `{"id": 5, "name": "Contoso", "publisherState": 2}`), wiretest.Changing(protection.Publisher, 5, map[string]any{"publisherState": 3}), signed("Contoso", false)},
		{"a publisher is approved", answers("GET "+root+"publisher/5", `{"id": 5, "name": "Contoso", "publisherState": 1}`), wiretest.Changing(protection.Publisher, 5, map[string]any{"publisherState": 2}), nil},
		{"a certificate", answers("GET "+root+"certificate/5", `{"id": 5, "subjectName": "CN=Microsoft Windows", "certificateState": 2}`), wiretest.Changing(protection.Certificate, 5, map[string]any{"certificateState": 3}), signed("CN=Microsoft Windows", true)},
	} {
		t.Run(c.name, func(t *testing.T) {
			g := &wiretest.Cautioning{}
			cb := protection.New(wiretest.New(t, c.answers, connection("8.0")), client.WithGuard(g))
			if _, err := c.do(t.Context(), cb); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, g.Seen); diff != "" {
				t.Errorf("cautions (-want +got):\n%s", diff)
			}
		})
	}
}

// TestChangingRoutes: the check on the wire knows every changing request of the product.
func TestChangingRoutes(t *testing.T) {
	routes := protection.API().Routes()
	for _, request := range [][2]string{{"POST", "fileInstance/7"}, {"PUT", "computer/7"}, {"DELETE", "computer/7"}, {"POST", "fileRule"}, {"POST", "notification"}, {"PUT", "pendingAnalysis/7"}} {
		found, ok := client.MatchRoute(routes, request[0], root+request[1])
		if !ok || len(found.Needs) != 1 || found.Needs[0] != client.Write {
			t.Errorf("%s %s is %v", request[0], request[1], found)
		}
	}
}
