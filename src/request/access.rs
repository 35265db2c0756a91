//! `allow`, `deny`, `auth_basic` and `satisfy`. Source: nginx's `src/http/modules/ngx_http_access_module.c`,
//! `ngx_http_auth_basic_module.c` and `ngx_http_core_access_phase`.

use std::net::IpAddr;

use super::answer::{About, Undecided};
use super::config::{When, Who};
use super::run::{Known, Run};

/// What one of the checks says.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Passes,
    Refuses(u16),
    /// It has nothing to say.
    Silent,
}

impl Run<'_> {
    /// The status that a request is refused with.
    pub(crate) fn access(&mut self) -> Known<Option<u16>> {
        let by_address = self.by_address()?;
        let any = self.settings().satisfy_any;
        let status = match (by_address, any) {
            (Verdict::Refuses(status), false) => Some(status),
            (Verdict::Passes, true) => None,
            (by_address, _) => match (by_address, self.by_password()?) {
                (_, Verdict::Refuses(status)) | (Verdict::Refuses(status), Verdict::Silent) => Some(status),
                (_, Verdict::Passes | Verdict::Silent) => None,
            },
        };
        Ok(status)
    }

    fn by_address(&mut self) -> Known<Verdict> {
        let settings = self.settings();
        for rule in settings.access.iter() {
            let fits = match &rule.who {
                Who::All => true,
                Who::Net(net, bits) => {
                    self.check(When::Address)?;
                    let client = self.request.client.ok_or_else(|| {
                        Undecided::new(
                            "whether it is allowed depends on the client's address",
                            Some(rule.span),
                        )
                    })?;
                    is_in(client, *net, *bits)
                }
                Who::Other => {
                    let why = format!("whom `{}` means is not known", rule.written);
                    return Err(Undecided::new(why, Some(rule.span)));
                }
            };
            if fits {
                self.step(About::Access, format!("`{}` decides", rule.written), Some(rule.span));
                return Ok(if rule.allows { Verdict::Passes } else { Verdict::Refuses(403) });
            }
        }
        Ok(Verdict::Silent)
    }

    fn by_password(&mut self) -> Known<Verdict> {
        let settings = self.settings();
        let (realm, span) = &settings.auth_basic;
        if realm == "off" || !settings.auth_basic_file {
            return Ok(Verdict::Silent);
        }
        if realm.contains('$') {
            return Err(Undecided::new("whether a password is asked for depends on a variable", *span));
        }
        if self.request.header("authorization").is_some() {
            return Err(Undecided::new("whether the password is right is not known", *span));
        }
        self.step(About::Access, "a password is asked for", *span);
        Ok(Verdict::Refuses(401))
    }
}

fn is_in(client: IpAddr, net: IpAddr, bits: u8) -> bool {
    match (client, net) {
        (IpAddr::V4(client), IpAddr::V4(net)) => {
            let differs = u32::from(client) ^ u32::from(net);
            bits == 0 || differs >> (32 - u32::from(bits.min(32))) == 0
        }
        (IpAddr::V6(client), IpAddr::V6(net)) => {
            let differs = u128::from(client) ^ u128::from(net);
            bits == 0 || differs >> (128 - u32::from(bits.min(128))) == 0
        }
        (IpAddr::V4(_), IpAddr::V6(_)) | (IpAddr::V6(_), IpAddr::V4(_)) => false,
    }
}
