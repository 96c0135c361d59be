package simulator_test

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"

	"github.com/cbscript/cbscript/client/simulator"
)

// Ask who mounted the internal share, as the first example of the reference client's guide does.
func Example() {
	sim, err := simulator.Start(simulator.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer sim.Close()

	trusted := x509.NewCertPool()
	trusted.AppendCertsFromPEM(sim.CertificatePEM())
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: trusted}}}

	query := url.Values{"q": {`process_name:net.exe cmdline:\\test\blah`}, "sort": {"start asc"}}
	req, err := http.NewRequest(http.MethodGet, sim.URL()+"/api/v1/process?"+query.Encode(), nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	req.Header.Set("X-Auth-Token", sim.Token())
	resp, err := client.Do(req)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer resp.Body.Close()
	var answer struct {
		Results []struct{ Start, Username, Cmdline string }
	}
	if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil {
		fmt.Println(err)
		return
	}
	for _, p := range answer.Results {
		fmt.Printf("%s: %s ran %s\n", p.Start, p.Username, p.Cmdline)
	}
	// Output:
	// 2016-11-11T20:59:25.667Z: WIN-IA9NQ1GN8OI\bit9rad ran net  use z: \\test\blah
	// 2016-11-11T20:59:31.631Z: WIN-IA9NQ1GN8OI\bit9rad ran net  use y: \\test\blah
}

// A server that is down for one request and then slow to answer another.
func ExampleServer_Inject() {
	sim, err := simulator.New(simulator.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer sim.Close()
	remove := sim.Inject(simulator.Fault{PathPrefix: "/api/info", Status: http.StatusBadGateway, Times: 1})
	defer remove()
	for range 2 {
		fmt.Println(ask(sim, "/api/info"))
	}
	// Output:
	// 502
	// 200
}
