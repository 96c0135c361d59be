package protection

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/cbscript/cbscript/client"
)

// banned is the state of what must not run, of a file, a publisher or a certificate. Source: contract/protection.md,
// "Constants".
const banned = 3

// proposed gives a field of an object as a change would leave it: what is set, else what there is.
func proposed(ctx context.Context, c *client.Client, change client.Change, name string) (any, error) {
	if v, set := change.After[name]; set || change.ID == "" {
		return v, nil
	}
	o, err := c.SelectID(ctx, change.Kind, change.ID, nil)
	if err != nil {
		return nil, err
	}
	v, _, err := o.Value(ctx, name)
	return v, err
}

// bans reports whether a change makes a ban, or changes what one is about.
func bans(ctx context.Context, c *client.Client, change client.Change, state string) (bool, error) {
	if change.Method == http.MethodDelete {
		return false, nil
	}
	v, err := proposed(ctx, c, change, state)
	return number(v) == banned, err
}

func number(v any) int {
	n, _ := v.(int64)
	return int(n)
}

// ruleCautions speak against the ban of a file that an operating system is made of, or that many computers have.
func ruleCautions(ctx context.Context, c *client.Client, change client.Change) ([]client.Caution, error) {
	ban, err := bans(ctx, c, change, "fileState")
	if err != nil || !ban {
		return nil, err
	}
	file, err := ruledFile(ctx, c, change)
	if err != nil || file == nil {
		return nil, err
	}
	return fileCautions(ctx, file)
}

// catalogCautions speak against the same when a file's own state is changed.
func catalogCautions(ctx context.Context, c *client.Client, change client.Change) ([]client.Caution, error) {
	ban, err := bans(ctx, c, change, "fileState")
	if err != nil || !ban || change.After["fileState"] == nil {
		return nil, err
	}
	file, err := c.SelectID(ctx, change.Kind, change.ID, nil)
	if err != nil {
		return nil, err
	}
	return fileCautions(ctx, file)
}

func fileCautions(ctx context.Context, file *client.Object) ([]client.Caution, error) {
	prevalence, err := file.Get(ctx, "prevalence")
	if err != nil {
		return nil, err
	}
	name, err := file.Get(ctx, "fileName")
	if err != nil {
		return nil, err
	}
	hosts := number(prevalence)
	cautions := []client.Caution{{Reason: fmt.Sprintf("the file %s is on %d computers", client.ShowValue(name), hosts), Hosts: hosts}}
	maker, err := systemMaker(ctx, file)
	if err != nil || maker == "" {
		return cautions, err
	}
	return append(cautions, client.Caution{Reason: fmt.Sprintf("the file %s is part of an operating system, signed by %s", client.ShowValue(name), maker), Hosts: hosts, Always: true}), nil
}

// ruledFile gives the file of the catalog that a rule is about, of several of one name the one that most computers have;
// nil when the server has not met it.
func ruledFile(ctx context.Context, c *client.Client, change client.Change) (*client.Object, error) {
	id, err := proposed(ctx, c, change, "fileCatalogId")
	if err != nil {
		return nil, err
	}
	catalog, err := c.Kind("FileCatalog")
	if err != nil {
		return nil, err
	}
	if number(id) != 0 {
		return c.SelectID(ctx, catalog, id, nil)
	}
	q := c.Select(catalog).Sort("prevalence DESC")
	for _, by := range []string{"hash", "fileName"} {
		v, err := proposed(ctx, c, change, by)
		if err != nil {
			return nil, err
		}
		if text, _ := v.(string); text != "" {
			if by == "hash" {
				by = hashField(text)
			}
			return q.WhereTerm(by, text).First(ctx)
		}
	}
	return nil, nil
}

// hashField is the field of the catalog that has hashes of that length.
func hashField(hash string) string {
	switch len(hash) {
	case 40:
		return "sha1"
	case 64:
		return "sha256"
	}
	return "md5"
}

// systemMaker gives who signed a file that is part of an operating system, or empty text.
func systemMaker(ctx context.Context, file *client.Object) (string, error) {
	publisher, _, err := file.Value(ctx, "publisher")
	if err != nil {
		return "", err
	}
	product, _, err := file.Value(ctx, "productName")
	if err != nil {
		return "", err
	}
	maker, _ := publisher.(string)
	name, _ := product.(string)
	if isSystemMaker(maker) && (strings.Contains(strings.ToLower(name), "operating system") || strings.EqualFold(name, "macOS")) {
		return maker, nil
	}
	return "", nil
}

// isSystemMaker reports whether a publisher makes an operating system.
func isSystemMaker(publisher string) bool {
	lower := strings.ToLower(publisher)
	return strings.HasPrefix(lower, "microsoft") || strings.HasPrefix(lower, "apple") || lower == "software signing"
}

// signerCautions speak against the ban of a publisher or a certificate: every computer may have files that it signed.
// state is the field that bans, name the one that says whose it is.
func signerCautions(state, name string) func(ctx context.Context, c *client.Client, change client.Change) ([]client.Caution, error) {
	return func(ctx context.Context, c *client.Client, change client.Change) ([]client.Caution, error) {
		ban, err := bans(ctx, c, change, state)
		if err != nil || !ban {
			return nil, err
		}
		v, err := proposed(ctx, c, change, name)
		if err != nil {
			return nil, err
		}
		computers, err := c.Select(Computer).Where("deleted:false").Count(ctx)
		if err != nil {
			return nil, err
		}
		signer := client.ShowValue(v)
		return []client.Caution{{Reason: fmt.Sprintf("every file that %s signed would be banned, on all %d computers", signer, computers), Hosts: computers,
			Always: isSystemMaker(strings.TrimPrefix(signer, "CN="))}}, nil
	}
}
