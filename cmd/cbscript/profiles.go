package main

import (
	"github.com/spf13/cobra"

	"github.com/cbscript/cbscript/client/credentials"
	"github.com/cbscript/cbscript/runtime/output"
)

// profilesOptions are the flags of profiles.
type profilesOptions struct {
	files  []string
	format string
}

// profilesCommand lists the profiles that there are.
func (p *program) profilesCommand() *cobra.Command {
	var o profilesOptions
	cmd := &cobra.Command{
		Use:   "profiles",
		Short: "List the credential profiles",
		Long: `List the credential profiles of every product, with the server and the file of
each. No token is shown.

Each product has its own files, read in this order when they exist:

  /etc/carbonblack/credentials.PRODUCT
  ~/.carbonblack/credentials.PRODUCT
  ./.carbonblack/credentials.PRODUCT

A profile in a later file hides the whole profile of the same name in an
earlier one. The profile that is used when none is named is "default", or the
one in $CBSCRIPT_PROFILE.`,
		Example: `  cbscript profiles
  cbscript profiles --output csv
  cbscript profiles --credentials lab.response`,
		Args: arguments(0, 0, ""),
		RunE: func(*cobra.Command, []string) error { return p.listProfiles(o) },
	}
	credentialsFlag(cmd, &o.files)
	outputFlag(cmd, &o.format)
	return cmd
}

// listProfiles writes a row for each profile. A file that cannot be understood does not hide those of other products.
func (p *program) listProfiles(o profilesOptions) error {
	rows, err := rowsTo(p.out, o.format)
	if err != nil {
		return err
	}
	var failed error
	count := 0
	for _, product := range credentials.Products() {
		found, err := credentials.List(p.credentialOptions(product, o.files))
		if err != nil && failed != nil {
			p.warn(err.Error())
		} else if err != nil {
			failed = err
		}
		for _, f := range found {
			if err := rows.Write(p.profileRow(f)); err != nil {
				return err
			}
			count++
		}
	}
	if err := rows.Close(); err != nil {
		return err
	}
	if count == 0 && failed == nil {
		p.complain("hint", "there are no profiles: \"cbscript configure response\" writes one, and --demo needs none")
	}
	return failed
}

// profileRow shows a profile, and warns of one that cannot be used.
func (p *program) profileRow(f credentials.Found) output.Row {
	state := "ready"
	switch {
	case f.Hidden:
		state = "hidden by a later file"
	case f.Err != nil:
		state = "cannot be used"
		p.warn(f.Err.Error())
	}
	return output.Row{
		{Name: "product", Value: string(f.Profile.Product)},
		{Name: "profile", Value: f.Profile.Name},
		{Name: "url", Value: shownURL(f)},
		{Name: "file", Value: f.Profile.File},
		{Name: "state", Value: state},
	}
}

// shownURL is the profile's url when it is one: what cannot be used may hold anything.
func shownURL(f credentials.Found) string {
	if _, err := f.Profile.Origin(); err != nil {
		return ""
	}
	return f.Profile.URL
}
